using Commerce.Commands.Sagas.Relay;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Commands.Sagas.DeadLetters;

/// <summary>
/// Messages that are held, in table <c>commerce.dead_letters</c>: the letters, settled or not, and those that wait behind one.
/// An order is held in a queue as long as one of its messages there is not settled. What waits needs no lock against what
/// goes on: a message that has nothing but waiting ones before it is released like them.
/// </summary>
sealed class DeadLetterTable(NpgsqlDataSource database)
{
    /// <summary>Messages of one order that may wait in one queue: more than an order's lines, shipments and returns can make.</summary>
    public const int WaitingMax = 1_000;

    const string Unsettled = "state IN ('waiting', 'open', 'replaying')";

    volatile bool _isMade;

    /// <summary>All that is or was held in a queue; null: it is more than so many messages.</summary>
    public async Task<KnownMessages?> Known(string queue, int countMax, CancellationToken cancellationToken)
    {
        await using var command = await Command(
            $"SELECT event_id, order_id, {Unsettled} FROM commerce.dead_letters WHERE queue = $1 LIMIT $2", cancellationToken, queue, countMax + 1).ConfigureAwait(false);
        var (orders, ids) = (new HashSet<Guid>(), new HashSet<Guid>());
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            ids.Add(rows.GetGuid(0));
            if (rows.GetBoolean(2) && !await rows.IsDBNullAsync(1, cancellationToken).ConfigureAwait(false))
            {
                orders.Add(rows.GetGuid(1));
            }
        }

        return ids.Count > countMax ? null : new(orders, ids);
    }

    /// <summary>Those of some messages that must not simply be handled: their order is held, or they were given up themselves.</summary>
    public async Task<IReadOnlySet<Guid>> Held(string queue, IReadOnlyCollection<(Guid Order, Guid EventId)> messages, CancellationToken cancellationToken)
    {
        await using var command = await Command(
            $"""
            SELECT m.event_id FROM unnest($2, $3) AS m (order_id, event_id)
            WHERE EXISTS (SELECT FROM commerce.dead_letters d WHERE d.queue = $1 AND d.order_id = m.order_id AND d.{Unsettled})
               OR EXISTS (SELECT FROM commerce.dead_letters d WHERE d.queue = $1 AND d.event_id = m.event_id)
            """,
            cancellationToken, queue, messages.Select(m => m.Order).ToArray(), messages.Select(m => m.EventId).ToArray()).ConfigureAwait(false);
        var held = new HashSet<Guid>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            held.Add(rows.GetGuid(0));
        }

        return held;
    }

    /// <summary>Lets a message wait where its order is held; the same again changes nothing.</summary>
    public async Task<Admission> Admit(HeldMessage message, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = await Command(
            $"""
            WITH known AS (SELECT FROM commerce.dead_letters WHERE queue = $1 AND event_id = $2),
            held AS (
                SELECT min(position) AS first, count(*) FILTER (WHERE state = 'waiting') AS waiting
                FROM commerce.dead_letters WHERE queue = $1 AND order_id = $3 AND {Unsettled}),
            parked AS (
                INSERT INTO commerce.dead_letters (queue, event_id, order_id, position, type, data, occurred_at, correlation, trace_parent, id, at, state, reason, attempts, asked)
                SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting', '', 0, 0
                FROM held WHERE NOT EXISTS (SELECT FROM known) AND held.first < $4 AND held.waiting < $12
                ON CONFLICT (queue, event_id) DO NOTHING RETURNING 1)
            SELECT CASE WHEN EXISTS (SELECT FROM known) THEN 2 WHEN EXISTS (SELECT FROM parked) THEN 1 WHEN held.first < $4 THEN 3 ELSE 0 END FROM held
            """,
            cancellationToken, [.. ValuesOf(message), now.ToUniversalTime(), WaitingMax]).ConfigureAwait(false);
        return (Admission)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is int admission ? admission : 0);
    }

    /// <summary>Keeps a message that failed as a letter; false: it is held or settled already, and stays as it is.</summary>
    public async Task<bool> Keep(HeldMessage message, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = await Command(
            """
            INSERT INTO commerce.dead_letters (queue, event_id, order_id, position, type, data, occurred_at, correlation, trace_parent, id, at, state, reason, attempts, asked)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', $12, 1, 1)
            ON CONFLICT (queue, event_id) DO NOTHING
            """,
            cancellationToken, [.. ValuesOf(message), now.ToUniversalTime(), reason]).ConfigureAwait(false);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) > 0;
    }

    /// <summary>The first message that an order waits for; null: it is not held.</summary>
    public async Task<HeldHead?> Head(string queue, Guid order, CancellationToken cancellationToken)
    {
        await using var command = await Command(
            $"""
            SELECT {LetterRows.MessageColumns}, state, id FROM commerce.dead_letters
            WHERE queue = $1 AND order_id = $2 AND {Unsettled} ORDER BY position LIMIT 1
            """,
            cancellationToken, queue, order).ConfigureAwait(false);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await rows.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? new HeldHead(LetterRows.Message(rows), LetterRows.Status(rows.GetString(rows.GetOrdinal("state"))), rows.GetGuid(rows.GetOrdinal("id")))
            : null;
    }

    /// <summary>One that waited is handled.</summary>
    public Task Handled(HeldMessage message, CancellationToken cancellationToken) => Execute(
        "DELETE FROM commerce.dead_letters WHERE queue = $1 AND event_id = $2 AND state = 'waiting'", cancellationToken, message.Queue, message.EventId);

    /// <summary>One that waited failed as well: it becomes a letter itself.</summary>
    public Task GiveUp(HeldMessage message, string reason, DateTimeOffset now, CancellationToken cancellationToken) => Execute(
        "UPDATE commerce.dead_letters SET state = 'open', reason = $3, at = $4, attempts = 1, asked = 1 WHERE queue = $1 AND event_id = $2 AND state = 'waiting'",
        cancellationToken, message.Queue, message.EventId, reason, now.ToUniversalTime());

    /// <summary>Orders whose first message may be handled now, in these queues.</summary>
    public async Task<IReadOnlyList<(string Queue, Guid Order)>> Released(string[] queues, int countMax, CancellationToken cancellationToken)
    {
        await using var command = await Command(
            $"""
            SELECT DISTINCT d.queue, d.order_id FROM commerce.dead_letters d
            WHERE d.queue = ANY ($1) AND d.{Unsettled} AND d.state <> 'open' AND d.order_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM commerce.dead_letters b
                WHERE b.queue = d.queue AND b.order_id = d.order_id AND b.{Unsettled} AND b.state = 'open' AND b.position < d.position)
            LIMIT $2
            """,
            cancellationToken, queues, countMax).ConfigureAwait(false);
        var released = new List<(string, Guid)>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            released.Add((rows.GetString(0), rows.GetGuid(1)));
        }

        return released;
    }

    /// <summary>The right to release an order's messages in a queue, until it is disposed; null: another process has it.</summary>
    public async Task<ReleaseTurn?> TryTakeTurn(string queue, Guid order, CancellationToken cancellationToken) =>
        await ReleaseTurn.TryTake(database, $"commerce.release/{queue}/{order}", cancellationToken).ConfigureAwait(false);

    async Task Execute(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = await Command(sql, cancellationToken, values).ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    async ValueTask<NpgsqlCommand> Command(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        if (!_isMade)
        {
            await SagaSchema.Ensure(database, cancellationToken).ConfigureAwait(false);
            _isMade = true;
        }

        return LetterRows.Command(database, sql, values);
    }

    static object?[] ValuesOf(HeldMessage message) =>
    [
        message.Queue, message.EventId, Typed(message.Fact?.OrderId, NpgsqlDbType.Uuid), message.Fact?.Position ?? 0, message.Type,
        Typed(message.Fact?.Data, NpgsqlDbType.Text), Typed(message.Fact?.OccurredAt.ToUniversalTime(), NpgsqlDbType.TimestampTz),
        Typed(message.Fact?.Correlation, NpgsqlDbType.Text), Typed(message.Fact?.TraceParent, NpgsqlDbType.Text), message.Id,
    ];

    // Where a value is missing PostgreSQL has to be told of what kind it would be.
    static NpgsqlParameter Typed(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
