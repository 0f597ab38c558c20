using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Log;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Commands.Webhooks;

/// <summary>A subscription has changed, the log says.</summary>
/// <param name="Webhook">Its id.</param>
/// <param name="Position">The event's place in the log.</param>
sealed record WebhookTouched(Guid Webhook, LogPosition Position);

/// <summary>How far a subscription is.</summary>
/// <param name="ReadTo">How far the log was read for it; null: not at all.</param>
/// <param name="Applied">Revision of its stream up to which its replays are done.</param>
sealed record WebhookProgress(LogPosition? ReadTo, long Applied);

/// <summary>Subscriptions and deliveries in tables <c>commerce.webhooks</c> and <c>commerce.webhook_deliveries</c>, as the process that sends sees them.</summary>
sealed class WebhookTable(NpgsqlDataSource database) : IFollowedTable<WebhookTouched>
{
    /// <summary>Name of the checkpoint, and among leaders.</summary>
    public const string Name = "webhooks";

    const string Insert =
        """
        INSERT INTO commerce.webhook_deliveries (webhook_id, event_id, position, stream, revision, type, order_key, state, due_at)
        SELECT $1, e, p, s, r, t, o, 'waiting', $8 FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::text[]) AS n (e, p, s, r, t, o)
        ON CONFLICT (webhook_id, event_id) DO UPDATE SET state = 'waiting', attempts = 0, due_at = excluded.due_at, position = excluded.position
        """;

    readonly FollowerCheckpoint _checkpoint = new(database, Name);

    public async Task<LogPosition> Load(CancellationToken cancellationToken)
    {
        await WebhookSchema.Ensure(database, cancellationToken).ConfigureAwait(false);
        return await _checkpoint.Load(cancellationToken).ConfigureAwait(false);
    }

    public Task Apply(LogPosition from, LogPosition to, IReadOnlyCollection<WebhookTouched> changes, CancellationToken cancellationToken) => InTransaction(
        async connection =>
        {
            foreach (var touched in changes)
            {
                await Execute(
                    connection,
                    "INSERT INTO commerce.webhooks AS w (id, touched) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET touched = excluded.touched",
                    cancellationToken, touched.Webhook, touched.Position.Value).ConfigureAwait(false);
            }

            await _checkpoint.Move(connection, from, to, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Subscriptions and the place of the last event of each, the oldest first.</summary>
    public async Task<IReadOnlyList<WebhookTouched>> All(int countMax, CancellationToken cancellationToken)
    {
        await using var command = Command("SELECT id, touched FROM commerce.webhooks ORDER BY id LIMIT $1", countMax);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var all = new List<WebhookTouched>();
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            all.Add(new(rows.GetGuid(0), new(rows.GetInt64(1))));
        }

        return all;
    }

    /// <summary>How far a subscription is; null: it is deleted.</summary>
    public async Task<WebhookProgress?> Progress(Guid webhook, CancellationToken cancellationToken)
    {
        await using var command = Command("SELECT read_to, applied FROM commerce.webhooks WHERE id = $1", webhook);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await rows.ReadAsync(cancellationToken).ConfigureAwait(false) ? new(rows.IsDBNull(0) ? null : new LogPosition(rows.GetInt64(0)), rows.GetInt64(1)) : null;
    }

    /// <summary>Begins to read the log for a new subscription.</summary>
    public async Task Begin(Guid webhook, LogPosition from, CancellationToken cancellationToken)
    {
        await using var command = Command("UPDATE commerce.webhooks SET read_to = $2 WHERE id = $1 AND read_to IS NULL", webhook, from.Value);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What waits, in order.</summary>
    public async Task<IReadOnlyList<WebhookDelivery>> Waiting(Guid webhook, CancellationToken cancellationToken)
    {
        await using var command = Command(
            $"SELECT {WebhookRows.Columns} FROM commerce.webhook_deliveries WHERE webhook_id = $1 AND state = 'waiting' ORDER BY position", webhook);
        return await WebhookRows.Read(command, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes in what was read of the log for a subscription, all or nothing.</summary>
    /// <exception cref="FollowerOvertakenException">Another process has read on from there meanwhile.</exception>
    public Task Enqueue(Guid webhook, LogPosition from, LogPosition to, IReadOnlyList<WebhookDelivery> found, DateTimeOffset now, CancellationToken cancellationToken) => InTransaction(
        async connection =>
        {
            if (found.Count > 0)
            {
                await Execute(
                    connection, Insert, cancellationToken, webhook,
                    found.Select(d => d.Event).ToArray(), found.Select(d => d.Position.Value).ToArray(), found.Select(d => d.Stream.Value).ToArray(),
                    found.Select(d => d.Revision).ToArray(), found.Select(d => d.Type).ToArray(), found.Select(d => d.Order).ToArray(), now.ToUniversalTime()).ConfigureAwait(false);
            }

            if (await Execute(connection, "UPDATE commerce.webhooks SET read_to = $3 WHERE id = $1 AND read_to = $2", cancellationToken, webhook, from.Value, to.Value).ConfigureAwait(false) == 0)
            {
                throw new FollowerOvertakenException(Name, from);
            }
        },
        cancellationToken);

    /// <summary>Has one delivery made again; one that is not kept any more is not.</summary>
    public Task Replay(Guid webhook, Guid delivery, long applied, DateTimeOffset now, CancellationToken cancellationToken) => InTransaction(
        async connection =>
        {
            await Execute(
                connection, "UPDATE commerce.webhook_deliveries SET state = 'waiting', attempts = 0, due_at = $3 WHERE webhook_id = $1 AND event_id = $2",
                cancellationToken, webhook, delivery, now.ToUniversalTime()).ConfigureAwait(false);
            await NoteApplied(connection, webhook, applied, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Has the log read again from a place. What waits behind it comes again with it, so that nothing overtakes.</summary>
    public Task Rewind(Guid webhook, LogPosition to, long applied, CancellationToken cancellationToken) => InTransaction(
        async connection =>
        {
            await Execute(
                connection, "DELETE FROM commerce.webhook_deliveries WHERE webhook_id = $1 AND state = 'waiting' AND position > $2", cancellationToken, webhook, to.Value).ConfigureAwait(false);
            await Execute(connection, "UPDATE commerce.webhooks SET read_to = least(read_to, $2) WHERE id = $1", cancellationToken, webhook, to.Value).ConfigureAwait(false);
            await NoteApplied(connection, webhook, applied, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Notes what became of a try.</summary>
    public async Task Note(Guid webhook, WebhookDelivery tried, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "UPDATE commerce.webhook_deliveries SET state = $3, attempts = $4, due_at = $5, last_at = $6, last_status = $7, last_error = $8 WHERE webhook_id = $1 AND event_id = $2",
            webhook, tried.Event, WebhookRows.State(tried.State), tried.Attempts, tried.DueAt.ToUniversalTime(),
            Typed(tried.LastAt?.ToUniversalTime(), NpgsqlDbType.TimestampTz), Typed(tried.LastStatus, NpgsqlDbType.Integer), Typed(tried.LastError, NpgsqlDbType.Text));
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets deliveries that are over, but the last ones.</summary>
    public async Task Prune(Guid webhook, int keptMax, CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            DELETE FROM commerce.webhook_deliveries WHERE webhook_id = $1 AND state <> 'waiting' AND position <= (
                SELECT position FROM commerce.webhook_deliveries WHERE webhook_id = $1 AND state <> 'waiting' ORDER BY position DESC OFFSET $2 LIMIT 1)
            """,
            webhook, keptMax);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets a subscription and its deliveries.</summary>
    public Task Delete(Guid webhook, CancellationToken cancellationToken) => InTransaction(
        async connection =>
        {
            await Execute(connection, "DELETE FROM commerce.webhook_deliveries WHERE webhook_id = $1", cancellationToken, webhook).ConfigureAwait(false);
            await Execute(connection, "DELETE FROM commerce.webhooks WHERE id = $1", cancellationToken, webhook).ConfigureAwait(false);
        },
        cancellationToken);

    static Task<int> NoteApplied(NpgsqlConnection connection, Guid webhook, long applied, CancellationToken cancellationToken) =>
        Execute(connection, "UPDATE commerce.webhooks SET applied = $2 WHERE id = $1", cancellationToken, webhook, applied);

    async Task InTransaction(Func<NpgsqlConnection, Task> work, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await work(connection).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    static async Task<int> Execute(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        AddTo(command, values);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = database.CreateCommand(sql);
        AddTo(command, values);
        return command;
    }

    static void AddTo(NpgsqlCommand command, object[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }
    }

    static NpgsqlParameter Typed(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
