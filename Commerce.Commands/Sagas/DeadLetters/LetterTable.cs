using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.DeadLetters;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Commands.Sagas.DeadLetters;

/// <summary>
/// The letters of <c>commerce.dead_letters</c> as operators see them. What was decided about a letter is in the log; the row
/// follows it. Whoever is about to decide notes it in the row first (<c>asked</c>), so that a decision whose row nobody came
/// to change is found.
/// </summary>
sealed class LetterTable(NpgsqlDataSource database)
{
    const string Columns =
        """
        l.id, l.queue, l.order_id, l.event_id, l.type, l.position, l.state, l.reason, l.attempts, l.at, coalesce(l.changed_at, l.at),
        (SELECT count(*) FROM commerce.dead_letters w WHERE w.queue = l.queue AND w.order_id = l.order_id AND w.state = 'waiting' AND w.position > l.position),
        l.order_id IS NOT NULL AND l.data IS NOT NULL
        """;

    const string IsSettled = "(l.state IN ('handled', 'discarded'))";

    volatile bool _isMade;

    /// <summary>One letter, and how often somebody was about to decide; null: there is none.</summary>
    public async Task<(KeptLetter Letter, int Asked)?> Find(Guid id, CancellationToken cancellationToken)
    {
        await using var command = await Command($"SELECT {Columns}, l.asked FROM commerce.dead_letters l WHERE l.id = $1 AND l.state <> 'waiting'", cancellationToken, id).ConfigureAwait(false);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await rows.ReadAsync(cancellationToken).ConfigureAwait(false) ? (Read(rows), rows.GetInt32(13)) : null;
    }

    /// <summary>Letters, those that are not settled first, then the oldest first.</summary>
    public async Task<IReadOnlyList<KeptLetter>> List(DeadLetterStatus? status, LetterCursor? after, int countMax, CancellationToken cancellationToken)
    {
        await using var command = await Command(
            $"""
            SELECT {Columns} FROM commerce.dead_letters l
            WHERE l.state <> 'waiting' AND ($1 IS NULL OR l.state = $1) AND ($2 IS NULL OR ({IsSettled}, l.at, l.id) > ($2, $3, $4))
            ORDER BY {IsSettled}, l.at, l.id LIMIT $5
            """,
            cancellationToken,
            Typed(status is { } wanted ? LetterRows.State(wanted) : null, NpgsqlDbType.Text),
            Typed(after?.IsSettled, NpgsqlDbType.Boolean), Typed(after?.Since, NpgsqlDbType.TimestampTz), Typed(after?.Id, NpgsqlDbType.Uuid), countMax).ConfigureAwait(false);
        var letters = new List<KeptLetter>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            letters.Add(Read(rows));
        }

        return letters;
    }

    /// <summary>Notes that somebody is about to decide about a letter: log and row may differ from now on.</summary>
    public async Task Ask(Guid id, CancellationToken cancellationToken)
    {
        await using var command = await Command("UPDATE commerce.dead_letters SET asked = asked + 1 WHERE id = $1", cancellationToken, id).ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes over what the log says of a letter at a revision of its stream; what is older than the row changes nothing.</summary>
    public async Task Take(Guid id, DeadLetter letter, long revision, int asked, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = await Command(
            """
            UPDATE commerce.dead_letters SET
                changed_at = CASE WHEN revision < $5 THEN $7 ELSE changed_at END,
                state = $2, reason = $3, attempts = $4, revision = $5, taken = greatest(taken, $6)
            WHERE id = $1 AND revision <= $5 AND state <> 'waiting'
            """,
            cancellationToken, id, LetterRows.State(letter.Status), letter.Reason, letter.Attempts, revision, asked, now.ToUniversalTime()).ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Letters of which log and row may differ, in these queues.</summary>
    public async Task<IReadOnlyList<Guid>> Due(string[] queues, int countMax, CancellationToken cancellationToken)
    {
        await using var command = await Command(
            "SELECT id FROM commerce.dead_letters WHERE queue = ANY ($1) AND asked > taken LIMIT $2", cancellationToken, queues, countMax).ConfigureAwait(false);
        var due = new List<Guid>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            due.Add(rows.GetGuid(0));
        }

        return due;
    }

    /// <summary>How many messages are held.</summary>
    public async Task<HeldFigures> Figures(CancellationToken cancellationToken)
    {
        await using var command = await Command(
            """
            SELECT count(*) FILTER (WHERE state <> 'waiting'), count(*) FILTER (WHERE state = 'waiting'), min(at) FILTER (WHERE state <> 'waiting')
            FROM commerce.dead_letters WHERE state IN ('waiting', 'open', 'replaying')
            """,
            cancellationToken).ConfigureAwait(false);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await rows.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? new(rows.GetInt64(0), rows.GetInt64(1), rows.IsDBNull(2) ? null : rows.GetFieldValue<DateTimeOffset>(2))
            : HeldFigures.None;
    }

    static KeptLetter Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetGuid(2), row.GetGuid(3), row.GetString(4), row.GetInt64(5),
        LetterRows.Status(row.GetString(6)), row.GetString(7), row.GetInt32(8), row.GetFieldValue<DateTimeOffset>(9), row.GetFieldValue<DateTimeOffset>(10), (int)row.GetInt64(11), row.GetBoolean(12));

    static NpgsqlParameter Typed(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    async ValueTask<NpgsqlCommand> Command(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        if (!_isMade)
        {
            await SagaSchema.Ensure(database, cancellationToken).ConfigureAwait(false);
            _isMade = true;
        }

        return LetterRows.Command(database, sql, values);
    }
}
