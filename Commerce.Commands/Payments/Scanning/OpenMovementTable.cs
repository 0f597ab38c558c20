using Commerce.Commands.Sagas.Relay;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;
using Npgsql;

namespace Commerce.Commands.Payments.Scanning;

/// <summary>How much is open.</summary>
/// <param name="Count">Movements without an answer.</param>
/// <param name="OldestAt">When the oldest of them was asked for; null: there is none.</param>
public sealed record OpenSummary(long Count, DateTimeOffset? OldestAt);

/// <summary>The movements without an answer, as far as the log was read.</summary>
public interface IOpenMovementTable : IFollowedTable<OpenMovementChange>
{
    /// <summary>Those to be asked for by now, the longest waiting first.</summary>
    Task<IReadOnlyList<OpenMovement>> Due(DateTimeOffset now, int countMax, CancellationToken cancellationToken);

    /// <summary>Notes that they were asked for, and when each is to be again unless it has its answer before.</summary>
    Task Asked(IReadOnlyCollection<(OpenMovement Movement, DateTimeOffset NextAt)> asked, CancellationToken cancellationToken);

    /// <summary>Asks no more for these, before the log tells of their answers or where it never will.</summary>
    Task Close(IReadOnlyCollection<OpenMovement> movements, CancellationToken cancellationToken);

    /// <summary>How much is open.</summary>
    Task<OpenSummary> Summary(CancellationToken cancellationToken);
}

/// <summary>In table <c>commerce.open_movements</c>; the checkpoint stands among those of relays.</summary>
/// <param name="database">Where.</param>
/// <param name="scanAfter">How long after its request a movement is asked for first.</param>
sealed class PostgresOpenMovementTable(NpgsqlDataSource database, TimeSpan scanAfter) : IOpenMovementTable
{
    readonly FollowerCheckpoint _checkpoint = new(database, "open-movements");

    public async Task<LogPosition> Load(CancellationToken cancellationToken)
    {
        var position = await _checkpoint.Load(cancellationToken).ConfigureAwait(false);
        await ScanSchema.Ensure(database, cancellationToken).ConfigureAwait(false);
        return position;
    }

    public async Task Apply(LogPosition from, LogPosition to, IReadOnlyCollection<OpenMovementChange> changes, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await _checkpoint.Move(connection, from, to, cancellationToken).ConfigureAwait(false);
        if (changes.OfType<OpenMovementChange.Answered>().Select(a => Key(a.Id)).ToArray() is { Length: > 0 } answered)
        {
            await using var delete = new NpgsqlCommand("DELETE FROM commerce.open_movements WHERE key = ANY ($1)", connection) { Parameters = { new() { Value = answered } } };
            await delete.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        if (changes.OfType<OpenMovementChange.Opened>().Select(o => o.Movement).ToArray() is { Length: > 0 } opened)
        {
            await Insert(connection, opened, cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<OpenMovement>> Due(DateTimeOffset now, int countMax, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT payment_id, kind, transfer_id, revision, requested_at, asks FROM commerce.open_movements WHERE ask_at <= $1 ORDER BY ask_at LIMIT $2");
        command.Parameters.Add(new() { Value = now.ToUniversalTime() });
        command.Parameters.Add(new() { Value = countMax });
        var due = new List<OpenMovement>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var transfer = await rows.IsDBNullAsync(2, cancellationToken).ConfigureAwait(false) ? (Guid?)null : rows.GetGuid(2);
            due.Add(new(
                new(new PaymentId(rows.GetGuid(0)), Enum.Parse<PaymentMovement>(rows.GetString(1)), transfer),
                rows.GetInt64(3),
                await rows.GetFieldValueAsync<DateTimeOffset>(4, cancellationToken).ConfigureAwait(false))
            { Asks = rows.GetInt32(5) });
        }

        return due;
    }

    public async Task Asked(IReadOnlyCollection<(OpenMovement Movement, DateTimeOffset NextAt)> asked, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "UPDATE commerce.open_movements AS m SET asks = m.asks + 1, ask_at = a.next_at FROM unnest($1, $2) AS a (key, next_at) WHERE m.key = a.key");
        command.Parameters.Add(new() { Value = asked.Select(a => Key(a.Movement.Id)).ToArray() });
        command.Parameters.Add(new() { Value = asked.Select(a => a.NextAt.ToUniversalTime()).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task Close(IReadOnlyCollection<OpenMovement> movements, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("DELETE FROM commerce.open_movements WHERE key = ANY ($1)");
        command.Parameters.Add(new() { Value = movements.Select(m => Key(m.Id)).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<OpenSummary> Summary(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT count(*), min(requested_at) FROM commerce.open_movements");
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await rows.ReadAsync(cancellationToken).ConfigureAwait(false);
        return new(rows.GetInt64(0), await rows.IsDBNullAsync(1, cancellationToken).ConfigureAwait(false) ? null : await rows.GetFieldValueAsync<DateTimeOffset>(1, cancellationToken).ConfigureAwait(false));
    }

    static string Key(MovementId id) => id.ToString();

    async Task Insert(NpgsqlConnection connection, OpenMovement[] opened, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO commerce.open_movements (key, payment_id, kind, transfer_id, revision, requested_at, ask_at)
            SELECT key, payment_id, kind, transfer_id, revision, requested_at, requested_at + $7
            FROM unnest($1, $2, $3, $4, $5, $6) AS m (key, payment_id, kind, transfer_id, revision, requested_at)
            ON CONFLICT (key) DO NOTHING
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = opened.Select(m => Key(m.Id)).ToArray() },
                new() { Value = opened.Select(m => m.Id.Payment.Value).ToArray() },
                new() { Value = opened.Select(m => m.Id.Kind.ToString()).ToArray() },
                new() { Value = opened.Select(m => m.Id.Transfer).ToArray() },
                new() { Value = opened.Select(m => m.Revision).ToArray() },
                new() { Value = opened.Select(m => m.RequestedAt.ToUniversalTime()).ToArray() },
                new() { Value = scanAfter },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
