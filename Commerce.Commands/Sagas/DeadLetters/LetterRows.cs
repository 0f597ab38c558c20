using Commerce.Domain.DeadLetters;
using Npgsql;

namespace Commerce.Commands.Sagas.DeadLetters;

/// <summary>Rows of <c>commerce.dead_letters</c>, written and read.</summary>
static class LetterRows
{
    public const string MessageColumns = "queue, event_id, order_id, position, type, data, occurred_at, correlation, trace_parent";

    public static NpgsqlCommand Command(NpgsqlDataSource database, string sql, params object?[] values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }

        return command;
    }

    public static HeldMessage Message(NpgsqlDataReader row) => new(row.GetString(0), row.GetGuid(1), row.GetString(4), row.IsDBNull(2) || row.IsDBNull(5) ? null : new HeldFact
    {
        OrderId = row.GetGuid(2),
        Position = row.GetInt64(3),
        Type = row.GetString(4),
        Data = row.GetString(5),
        OccurredAt = row.IsDBNull(6) ? default : row.GetFieldValue<DateTimeOffset>(6),
        Correlation = row.IsDBNull(7) ? null : row.GetString(7),
        TraceParent = row.IsDBNull(8) ? null : row.GetString(8),
    });

    public static DeadLetterStatus Status(string state) => state switch
    {
        "open" => DeadLetterStatus.Open,
        "replaying" => DeadLetterStatus.Replaying,
        "handled" => DeadLetterStatus.Handled,
        "discarded" => DeadLetterStatus.Discarded,
        _ => DeadLetterStatus.None,
    };

    public static string State(DeadLetterStatus status) => status switch
    {
        DeadLetterStatus.Open => "open",
        DeadLetterStatus.Replaying => "replaying",
        DeadLetterStatus.Handled => "handled",
        DeadLetterStatus.Discarded => "discarded",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "It is no letter."),
    };
}
