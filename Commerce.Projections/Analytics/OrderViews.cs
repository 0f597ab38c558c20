using Commerce.Projections.Daemon;
using static Commerce.Projections.Analytics.SqlWords;

namespace Commerce.Projections.Analytics;

/// <summary>Orders, and the funnel from placed to returned.</summary>
static class OrderViews
{
    /// <summary>All of them, over the documents in this schema.</summary>
    public static IEnumerable<AnalyticsView> All(string documents) => [Orders(documents), Funnel];

    // A median stands for the day better than a mean, which one forgotten parcel moves.
    static readonly AnalyticsView Funnel = new(
        "funnel",
        "Orders by the UTC day on which they were placed, and how far they came since: placed, paid, shipped, returned.",
        [ProjectionNames.Orders],
        "placed_on",
        [
            new("placed_on", "UTC day on which the orders were placed."),
            new("placed", "count(*)", "Orders."),
            new("paid", "count(paid_at)", "Those of them whose stock and payment were sure."),
            new("shipped", "count(shipped_at)", "Those of which anything left."),
            new("returned", "count(returned_at)", "Those of which anything came back."),
            new("rejected", "count(rejected_at)", "Those that were refused."),
            new("cancelled", "count(cancelled_at)", "Those that were called off as a whole."),
            new("median_hours_to_pay", Median("hours_to_pay"), "Median hours from placed to paid, of those that were."),
            new("median_hours_to_ship", Median("hours_to_ship"), "Median hours from paid to the last shipment."),
            new("median_hours_to_return", Median("hours_to_return"), "Median hours from the last shipment to the last return."),
        ],
        "FROM analytics.orders GROUP BY placed_on",
        Day: "placed_on");

    static AnalyticsView Orders(string documents) => new(
        "orders",
        "One row for each order that was placed, with when it came how far.",
        [ProjectionNames.Orders],
        "placed_on, order_number",
        [
            new("order_id", "id", "The order."),
            new("order_number", "number", "Its number, which grows with time."),
            new("status", Word("data", "status"), "Where it stands: placed, confirmed, rejected, cancelled, partiallyShipped, shipped, completed, returned."),
            new("origin", Word("data", "origin"), "client: ordered here; import: past trade."),
            new("customer", "customer::text", "Who ordered; empty for guests."),
            new("country", "country::text", "Where to; empty where unknown."),
            new("currency", Text("data", "currency"), "ISO 4217 code of its amounts."),
            new("lines", "jsonb_array_length(data -> 'lines')", "Lines."),
            new("units", "(SELECT sum((l ->> 'quantity')::bigint)::bigint FROM jsonb_array_elements(data -> 'lines') AS l)", "Units ordered."),
            new("total", Amount("data", "total"), "What all lines cost."),
            new("captured", $"coalesce({Amount("data -> 'payment'", "captured")}, 0)", "What the payment provider took."),
            new("refunded", $"coalesce({Amount("data -> 'payment'", "refunded")}, 0)", "What it gave back."),
            new("placed_at", "When it was placed; for past trade, before it was recorded."),
            new("paid_at", Time("data", "confirmedAt"), "When stock and payment were sure; empty: they are not."),
            new("shipped_at", Time("data", "shippedAt"), "When units last left; empty: none did."),
            new("returned_at", Time("data", "returnedAt"), "When units last came back; empty: none did."),
            new("rejected_at", Time("data", "rejectedAt"), "When it was refused; empty: it was not."),
            new("cancelled_at", Time("data", "cancelledAt"), "When it was called off as a whole; empty: it was not."),
            new("reason", Text("data", "reason"), "Why it was refused, called off or sent back, in words."),
            new("hours_to_pay", Hours("placed_at", Time("data", "confirmedAt")), "Hours from placed to paid."),
            new("hours_to_ship", Hours(Time("data", "confirmedAt"), Time("data", "shippedAt")), "Hours from paid to the last shipment."),
            new("hours_to_return", Hours(Time("data", "shippedAt"), Time("data", "returnedAt")), "Hours from the last shipment to the last return."),
            new("placed_on", Day("placed_at"), "UTC day of placed_at."),
        ],
        $"FROM {documents}.mt_doc_orderview WHERE placed_at IS NOT NULL",
        Day: "placed_on");

    static string Median(string hours) => $"round((percentile_cont(0.5) WITHIN GROUP (ORDER BY {hours}))::numeric, 2)";
}
