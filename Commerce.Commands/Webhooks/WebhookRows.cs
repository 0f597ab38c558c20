using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Commands.Webhooks;

/// <summary>Rows of <c>commerce.webhook_deliveries</c>, read.</summary>
static class WebhookRows
{
    public const string Columns = "event_id, position, stream, revision, type, order_key, state, attempts, due_at, last_at, last_status, last_error";

    public static async Task<IReadOnlyList<WebhookDelivery>> Read(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var found = new List<WebhookDelivery>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            found.Add(Of(rows));
        }

        return found;
    }

    public static string State(WebhookDeliveryState state) => state switch
    {
        WebhookDeliveryState.Delivered => "delivered",
        WebhookDeliveryState.Failed => "failed",
        _ => "waiting",
    };

    static WebhookDelivery Of(NpgsqlDataReader row) => new(
        row.GetGuid(0), new LogPosition(row.GetInt64(1)), StreamName.Parse(row.GetString(2), null), row.GetInt64(3), row.GetString(4), row.GetString(5),
        State(row.GetString(6)), row.GetInt32(7), row.GetFieldValue<DateTimeOffset>(8))
    {
        LastAt = row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9),
        LastStatus = row.IsDBNull(10) ? null : row.GetInt32(10),
        LastError = row.IsDBNull(11) ? null : row.GetString(11),
    };

    static WebhookDeliveryState State(string state) => state switch
    {
        "delivered" => WebhookDeliveryState.Delivered,
        "failed" => WebhookDeliveryState.Failed,
        _ => WebhookDeliveryState.Waiting,
    };
}
