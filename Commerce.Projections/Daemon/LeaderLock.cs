using System.Security.Cryptography;
using System.Text;
using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Projections.Daemon;

/// <summary>
/// Leadership of one projection: a PostgreSQL advisory lock, held by a connection of its own and gone with it. It saves work; what
/// keeps effects single is the checkpoint that is compared in each transaction, for a leader may learn late that its lock is gone.
/// </summary>
sealed class LeaderLock : IAsyncDisposable
{
    readonly NpgsqlConnection _connection;
    readonly long _key;

    LeaderLock(NpgsqlConnection connection, long key) => (_connection, _key) = (connection, key);

    /// <summary>The lock, or null where another node holds it.</summary>
    /// <exception cref="ReadModelUnavailableException">The database is not there.</exception>
    public static async Task<LeaderLock?> TryTake(ReadDatabase database, string projection, CancellationToken cancellationToken)
    {
        var key = KeyOf(projection);
        var connection = await database.Open(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection);
            command.AddAll([key]);
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                return new LeaderLock(connection, key);
            }
        }
        catch (Exception e) when (ReadDatabase.IsLost(e, cancellationToken))
        {
            await connection.DisposeAsync();
            throw ReadDatabase.Unavailable(e);
        }

        await connection.DisposeAsync();
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", _connection);
            command.AddAll([_key]);
            await command.ExecuteNonQueryAsync();
        }
        catch (Exception e) when (ReadDatabase.IsLost(e, CancellationToken.None) || e is InvalidOperationException)
        {
            // The connection is gone, and the lock with it.
        }

        await _connection.DisposeAsync();
    }

    static long KeyOf(string projection) => BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes("commerce projection " + projection)));
}
