using System.Data;
using System.Data.Common;
using Commerce.Domain.Log;
using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Projections.Queries;

/// <summary>Rows as they come from the database, never more than a network buffer of them at once, and as of when they are.</summary>
public sealed class AnalyticsAnswer : IAsyncDisposable
{
    /// <summary>Time that the database may take between two rows: a sum over the whole trade comes before the first.</summary>
    static readonly TimeSpan RowTimeMax = TimeSpan.FromMinutes(5);

    readonly NpgsqlConnection _connection;
    readonly NpgsqlTransaction _snapshot;
    readonly NpgsqlBatch _batch;
    readonly NpgsqlDataReader _reader;
    readonly Action _closed;
    bool _isAtEnd;

    AnalyticsAnswer(NpgsqlConnection connection, NpgsqlTransaction snapshot, NpgsqlBatch batch, NpgsqlDataReader reader, Action closed) =>
        (_connection, _snapshot, _batch, _reader, _closed) = (connection, snapshot, batch, reader, closed);

    /// <summary>Every event of the log up to here is in the rows.</summary>
    public LogPosition Position { get; private init; }

    /// <summary>When the read model came there.</summary>
    public DateTimeOffset Time { get; private init; }

    /// <summary>The row that was read last, and the columns from the beginning.</summary>
    public DbDataReader Row => _reader;

    /// <summary>Reads the next row.</summary>
    /// <returns>False: there is none.</returns>
    /// <exception cref="ReadModelUnavailableException">The read database is not there any more.</exception>
    public async Task<bool> Read(CancellationToken cancellationToken)
    {
        try
        {
            var hasRow = await _reader.ReadAsync(cancellationToken);
            _isAtEnd = !hasRow;
            return hasRow;
        }
        catch (Exception e) when (ReadDatabase.IsLost(e, cancellationToken))
        {
            throw ReadDatabase.Unavailable(e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_isAtEnd)
            {
                // Whoever leaves early does not wait for the rows that are left.
                _batch.Cancel();
            }

            await _reader.DisposeAsync();
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            // Cancelled, or gone already.
        }
        finally
        {
            await _batch.DisposeAsync();
            await _snapshot.DisposeAsync();
            await _connection.DisposeAsync();
            _closed();
        }
    }

    /// <summary>Runs both in one snapshot.</summary>
    /// <param name="connection">Its own from here on, if it succeeds.</param>
    /// <param name="relation">Name of what is read, with its schema.</param>
    /// <param name="asOf">Gives position and time.</param>
    /// <param name="rows">Gives the rows.</param>
    /// <param name="closed">Told when the answer is disposed of.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static async Task<AnalyticsAnswer> Open(
        NpgsqlConnection connection, string relation, SqlStatement asOf, SqlStatement rows, Action closed, CancellationToken cancellationToken)
    {
        // Before the snapshot: a rebuild that swaps tables between the snapshot and the reading would show new tables as they were while
        // they were being filled. LOCK takes no snapshot, and hinders nobody but a swap.
        var hold = new SqlStatement($"LOCK TABLE {relation} IN ACCESS SHARE MODE");

        var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var batch = new NpgsqlBatch(connection, snapshot) { Timeout = (int)RowTimeMax.TotalSeconds };
        foreach (var statement in (ReadOnlySpan<SqlStatement>)[new(ReadDatabase.MayBeSilent), hold, asOf, rows])
        {
            var command = new NpgsqlBatchCommand(statement.Text);
            foreach (var value in statement.Parameters)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            batch.BatchCommands.Add(command);
        }

        var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var isDated = await reader.ReadAsync(cancellationToken);
        var (position, time) = isDated ? (new LogPosition(reader.GetInt64(0)), reader.GetFieldValue<DateTimeOffset>(1)) : (LogPosition.Start, DateTimeOffset.UnixEpoch);
        await reader.NextResultAsync(cancellationToken);
        return new(connection, snapshot, batch, reader, closed) { Position = position, Time = time };
    }
}
