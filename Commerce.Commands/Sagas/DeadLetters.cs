using Commerce.Commands.Sagas.Relay;
using Npgsql;

namespace Commerce.Commands.Sagas;

/// <summary>A message that could not be handled, however often it was tried.</summary>
/// <param name="Queue">Whose it was.</param>
/// <param name="EventId">The event in the log.</param>
/// <param name="OrderId">Its order.</param>
/// <param name="Position">Its place in the log.</param>
/// <param name="Type">Its name in the log.</param>
/// <param name="Reason">The last failure.</param>
/// <param name="At">When it was given up.</param>
public sealed record DeadLetter(string Queue, Guid EventId, Guid OrderId, long Position, string Type, string Reason, DateTimeOffset At);

/// <summary>
/// Where dead letters are kept. The log still holds their events; what is kept is which of them nobody acted on, and why.
/// One that is kept counts as done with: the relay goes on behind it.
/// </summary>
public interface IDeadLetters
{
    /// <summary>Keeps one durably; the same again changes nothing but the reason.</summary>
    Task Keep(DeadLetter letter, CancellationToken cancellationToken);

    /// <summary>The oldest first, at most <paramref name="count"/>.</summary>
    Task<IReadOnlyList<DeadLetter>> List(int count, CancellationToken cancellationToken);
}

/// <summary>In table <c>commerce.dead_letters</c>.</summary>
sealed class PostgresDeadLetters(NpgsqlDataSource database) : IDeadLetters
{
    public async Task Keep(DeadLetter letter, CancellationToken cancellationToken)
    {
        await SagaSchema.Ensure(database, cancellationToken).ConfigureAwait(false);
        await using var command = database.CreateCommand(
            """
            INSERT INTO commerce.dead_letters (queue, event_id, order_id, position, type, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (queue, event_id) DO UPDATE SET reason = excluded.reason, at = excluded.at
            """);
        foreach (var value in new object[] { letter.Queue, letter.EventId, letter.OrderId, letter.Position, letter.Type, letter.Reason, letter.At.ToUniversalTime() })
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<DeadLetter>> List(int count, CancellationToken cancellationToken)
    {
        await SagaSchema.Ensure(database, cancellationToken).ConfigureAwait(false);
        await using var command = database.CreateCommand("SELECT queue, event_id, order_id, position, type, reason, at FROM commerce.dead_letters ORDER BY position, queue LIMIT $1");
        command.Parameters.Add(new NpgsqlParameter { Value = count });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var letters = new List<DeadLetter>();
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            letters.Add(new(rows.GetString(0), rows.GetGuid(1), rows.GetGuid(2), rows.GetInt64(3), rows.GetString(4), rows.GetString(5), await rows.GetFieldValueAsync<DateTimeOffset>(6, cancellationToken).ConfigureAwait(false)));
        }

        return letters;
    }
}
