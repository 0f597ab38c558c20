using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Commands.Sagas.Relay;

/// <summary>How far the relay has come.</summary>
public interface IRelayCheckpoints
{
    /// <summary>Everything up to here is done with.</summary>
    Task<LogPosition> Load(CancellationToken cancellationToken);

    /// <summary>Stores it durably; an earlier position than the stored one changes nothing.</summary>
    Task Save(LogPosition position, CancellationToken cancellationToken);
}

/// <summary>In table <c>commerce.relay_checkpoints</c>, one row a relay.</summary>
sealed class PostgresRelayCheckpoints(NpgsqlDataSource database, string name) : IRelayCheckpoints
{
    public async Task<LogPosition> Load(CancellationToken cancellationToken)
    {
        await SagaSchema.Ensure(database, cancellationToken).ConfigureAwait(false);
        await using var command = database.CreateCommand("SELECT position FROM commerce.relay_checkpoints WHERE name = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is long position ? new LogPosition(position) : LogPosition.Start;
    }

    public async Task Save(LogPosition position, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            INSERT INTO commerce.relay_checkpoints AS c (name, position, updated_at) VALUES ($1, $2, now())
            ON CONFLICT (name) DO UPDATE SET position = excluded.position, updated_at = now() WHERE c.position < excluded.position
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        command.Parameters.Add(new NpgsqlParameter { Value = position.Value });
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
