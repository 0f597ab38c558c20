using Commerce.Commands.Sagas.Relay;
using Commerce.Domain;
using Commerce.Domain.Log;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Commands.Sagas.Deadlines;

/// <summary>The deadlines that are open, as far as the log was read.</summary>
public interface IDeadlineTable
{
    /// <summary>How far that is.</summary>
    Task<LogPosition> Load(CancellationToken cancellationToken);

    /// <summary>Takes in what the log says between two positions, all or nothing.</summary>
    /// <param name="from">How far it was read before.</param>
    /// <param name="to">How far it is read now.</param>
    /// <param name="changes">At most one a stream.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <exception cref="DeadlinesOvertakenException">Another process has read on from there meanwhile.</exception>
    Task Apply(LogPosition from, LogPosition to, IReadOnlyCollection<DeadlineChange> changes, CancellationToken cancellationToken);

    /// <summary>Those to be woken by now, the longest waiting first.</summary>
    Task<IReadOnlyList<Deadline>> Due(DateTimeOffset now, int countMax, CancellationToken cancellationToken);

    /// <summary>Notes that one was woken, and is to be again at that time unless it ends before.</summary>
    Task Woken(Deadline deadline, DateTimeOffset nextAt, CancellationToken cancellationToken);
}

/// <summary>Another process follows the log; this one has lost the lead.</summary>
public sealed class DeadlinesOvertakenException(LogPosition from) : Exception($"Another process keeps the deadlines: the checkpoint is not at {from} any more.");

/// <summary>In table <c>commerce.deadlines</c>; the checkpoint stands among those of relays.</summary>
sealed class PostgresDeadlineTable(NpgsqlDataSource database) : IDeadlineTable
{
    // What was followed as "deadlines" had none of payments that name no moment: this one begins at the log's start.
    const string Name = "deadlines-2";

    public async Task<LogPosition> Load(CancellationToken cancellationToken)
    {
        await SagaSchema.Ensure(database, cancellationToken).ConfigureAwait(false);
        await using var command = database.CreateCommand(
            """
            INSERT INTO commerce.relay_checkpoints AS c (name, position, updated_at) VALUES ($1, $2, now())
            ON CONFLICT (name) DO UPDATE SET updated_at = now() RETURNING c.position
            """);
        command.Parameters.Add(new() { Value = Name });
        command.Parameters.Add(new() { Value = LogPosition.Start.Value });
        return new LogPosition(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is long position ? position : LogPosition.Start.Value);
    }

    public async Task Apply(LogPosition from, LogPosition to, IReadOnlyCollection<DeadlineChange> changes, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);

        // Whoever moves the checkpoint from where it stood is alone with the table until the end of the transaction.
        var moved = await Execute(
            connection, "UPDATE commerce.relay_checkpoints SET position = $3, updated_at = now() WHERE name = $1 AND position = $2", cancellationToken,
            new() { Value = Name }, new() { Value = from.Value }, new() { Value = to.Value }).ConfigureAwait(false);
        if (moved == 0)
        {
            throw new DeadlinesOvertakenException(from);
        }

        if (changes.OfType<DeadlineChange.Ended>().Select(e => e.Stream.Value).ToArray() is { Length: > 0 } ended)
        {
            await Execute(connection, "DELETE FROM commerce.deadlines WHERE stream = ANY ($1)", cancellationToken, new NpgsqlParameter { Value = ended }).ConfigureAwait(false);
        }

        if (changes.OfType<DeadlineChange.Set>().Select(s => s.Deadline).ToArray() is { Length: > 0 } set)
        {
            await Insert(connection, set, cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<Deadline>> Due(DateTimeOffset now, int countMax, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT stream, order_id, due_at, cause, correlation, trace_parent, wakings FROM commerce.deadlines WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2");
        command.Parameters.Add(new() { Value = now.ToUniversalTime() });
        command.Parameters.Add(new() { Value = countMax });
        var due = new List<Deadline>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            due.Add(new(
                StreamName.Parse(rows.GetString(0), null), new OrderId(rows.GetGuid(1)), await rows.GetFieldValueAsync<DateTimeOffset>(2, cancellationToken).ConfigureAwait(false), rows.GetGuid(3),
                await TextOrNull(rows, 4, cancellationToken).ConfigureAwait(false), await TextOrNull(rows, 5, cancellationToken).ConfigureAwait(false))
            { Wakings = rows.GetInt32(6) });
        }

        return due;
    }

    public async Task Woken(Deadline deadline, DateTimeOffset nextAt, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE commerce.deadlines SET wakings = wakings + 1, wake_at = $2 WHERE stream = $1");
        command.Parameters.Add(new() { Value = deadline.Stream.Value });
        command.Parameters.Add(new() { Value = nextAt.ToUniversalTime() });
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    static Task<int> Insert(NpgsqlConnection connection, Deadline[] set, CancellationToken cancellationToken) => Execute(
        connection,
        """
        INSERT INTO commerce.deadlines (stream, order_id, due_at, wake_at, cause, correlation, trace_parent)
        SELECT stream, order_id, due_at, due_at, cause, correlation, trace_parent
        FROM unnest($1, $2, $3, $4, $5, $6) AS d (stream, order_id, due_at, cause, correlation, trace_parent)
        ON CONFLICT (stream) DO NOTHING
        """,
        cancellationToken,
        new() { Value = set.Select(d => d.Stream.Value).ToArray() },
        new() { Value = set.Select(d => d.Order.Value).ToArray() },
        new() { Value = set.Select(d => d.DueAt.ToUniversalTime()).ToArray() },
        new() { Value = set.Select(d => d.Cause).ToArray() },
        new() { Value = set.Select(d => d.Correlation).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        new() { Value = set.Select(d => d.TraceParent).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });

    static async Task<int> Execute(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    static async Task<string?> TextOrNull(NpgsqlDataReader rows, int column, CancellationToken cancellationToken) =>
        await rows.IsDBNullAsync(column, cancellationToken).ConfigureAwait(false) ? null : rows.GetString(column);
}
