using System.Text;
using Npgsql;

namespace Commerce.Projections.Auditing.Comparing;

/// <summary>Goes through the rows of a table by key, one at a time.</summary>
sealed class HashedRows : IAsyncDisposable
{
    readonly NpgsqlCommand _command;
    readonly NpgsqlDataReader _reader;
    byte[] _keyBytes = [];
    byte[] _hash = [];

    HashedRows(NpgsqlCommand command, NpgsqlDataReader reader) => (_command, _reader) = (command, reader);

    /// <summary>Key of the row that it is at; null: behind the last one.</summary>
    public string? Key { get; private set; }

    /// <summary>Begins at the first row.</summary>
    public static async Task<HashedRows> Begin(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var rows = new HashedRows(command, await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false));
        await rows.Next(cancellationToken).ConfigureAwait(false);
        return rows;
    }

    /// <summary>Goes on to the next row.</summary>
    public async Task Next(CancellationToken cancellationToken)
    {
        var isThere = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        Key = isThere ? _reader.GetString(0) : null;
        _keyBytes = Key is null ? [] : Encoding.UTF8.GetBytes(Key);
        _hash = isThere ? _reader.GetFieldValue<byte[]>(1) : [];
    }

    /// <summary>Which of two comes first: below zero this one, above it the other. Behind the last row is behind every row.</summary>
    public int CompareKey(HashedRows other) =>
        Key is null || other.Key is null ? (Key is null ? 1 : 0) - (other.Key is null ? 1 : 0) : _keyBytes.AsSpan().SequenceCompareTo(other._keyBytes);

    /// <summary>Whether both rows hold the same.</summary>
    public bool HasHashOf(HashedRows other) => _hash.AsSpan().SequenceEqual(other._hash);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync().ConfigureAwait(false);
        await _command.DisposeAsync().ConfigureAwait(false);
    }
}
