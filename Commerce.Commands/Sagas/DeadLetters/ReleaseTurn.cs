using Npgsql;

namespace Commerce.Commands.Sagas.DeadLetters;

/// <summary>The right to release an order's messages: an advisory lock of PostgreSQL that goes with its connection.</summary>
sealed class ReleaseTurn : IAsyncDisposable
{
    readonly NpgsqlConnection _connection;
    readonly string _name;

    ReleaseTurn(NpgsqlConnection connection, string name) => (_connection, _name) = (connection, name);

    public static async Task<ReleaseTurn?> TryTake(NpgsqlDataSource database, string name, CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await Ask(connection, "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", name, cancellationToken).ConfigureAwait(false) is true)
            {
                return new(connection, name);
            }
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await connection.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    /// <summary>Makes sure that nobody else has it.</summary>
    /// <exception cref="NpgsqlException">The connection is lost, and the turn with it.</exception>
    public Task Check(CancellationToken cancellationToken) => Ask(_connection, "SELECT $1", _name, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        try
        {
            // The pool keeps the session: the lock has to go by itself.
            await Ask(_connection, "SELECT pg_advisory_unlock(hashtextextended($1, 0))", _name, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The session is gone, and the lock with it.
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    static async Task<object?> Ask(NpgsqlConnection connection, string sql, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }
}
