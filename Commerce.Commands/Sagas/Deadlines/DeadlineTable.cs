using Commerce.Commands.Sagas.Relay;
using Commerce.Domain;
using Commerce.Domain.Log;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Commands.Sagas.Deadlines;

/// <summary>The deadlines that are open, as far as the log was read.</summary>
public interface IDeadlineTable : IFollowedTable<DeadlineChange>
{
    /// <summary>Those to be woken by now, the longest waiting first.</summary>
    Task<IReadOnlyList<Deadline>> Due(DateTimeOffset now, int countMax, CancellationToken cancellationToken);

    /// <summary>Notes that one was woken, and is to be again at that time unless it ends before.</summary>
    Task Woken(Deadline deadline, DateTimeOffset nextAt, CancellationToken cancellationToken);
}

/// <summary>In table <c>commerce.deadlines</c>; the checkpoint stands among those of relays.</summary>
sealed class PostgresDeadlineTable(NpgsqlDataSource database) : IDeadlineTable
{
    // What was followed as "deadlines-2" had none of reserved units: this one begins at the log's start.
    readonly FollowerCheckpoint _checkpoint = new(database, "deadlines-3");

    public Task<LogPosition> Load(CancellationToken cancellationToken) => _checkpoint.Load(cancellationToken);

    public async Task Apply(LogPosition from, LogPosition to, IReadOnlyCollection<DeadlineChange> changes, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await _checkpoint.Move(connection, from, to, cancellationToken).ConfigureAwait(false);
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
