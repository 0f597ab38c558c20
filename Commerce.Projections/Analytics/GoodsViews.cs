using Commerce.Projections.Daemon;
using static Commerce.Projections.Analytics.SqlWords;

namespace Commerce.Projections.Analytics;

/// <summary>The catalogue and stock.</summary>
static class GoodsViews
{
    /// <summary>All of them, over the documents in this schema.</summary>
    public static IEnumerable<AnalyticsView> All(string documents) => [Products(documents), Stock(documents), Turnover];

    static readonly AnalyticsView Turnover = new(
        "stock_turnover",
        "Stock by month and SKU, all locations together: what came and left, and how often the average stock was sold. Months without a movement have no row.",
        [ProjectionNames.Stock],
        "month, sku",
        [
            new("month", "First day of the month, UTC."),
            new("sku", "What moved."),
            new("opening", "closing - received - returned + shipped + written_off", "Units on hand at the beginning of the month."),
            new("received", "Units that came in, returns not counted."),
            new("returned", "Units that came back from orders."),
            new("shipped", "Units that left for orders."),
            new("written_off", "Units lost, broken or given away."),
            new("closing", "Units on hand at the end of the month, or now."),
            new("average_on_hand", $"round({Average}, 1)", "(opening + closing) / 2."),
            new("turnover", $"round(shipped / nullif({Average}, 0), 4)", "shipped / average_on_hand; empty where that is 0."),
        ],
        $"""
        FROM (
            SELECT month, sku, received, returned, shipped, written_off,
                (sum(received + returned - shipped - written_off) OVER (PARTITION BY sku ORDER BY month))::bigint AS closing
            FROM (
                SELECT {FirstDay("month", "day")} AS month, sku, sum(received)::bigint AS received, sum(returned)::bigint AS returned, sum(shipped)::bigint AS shipped, sum(written_off)::bigint AS written_off
                FROM analytics.stock_movements GROUP BY 1, 2
            ) AS months
        ) AS m
        """,
        Day: "month");

    const string Average = "((closing * 2 - received - returned + shipped + written_off) / 2.0)";

    static AnalyticsView Products(string documents) => new(
        "products",
        "One row for each product of the catalogue.",
        [ProjectionNames.Products],
        "sku",
        [
            new("sku", "id::text", "Its stock keeping unit."),
            new("name", Text("data", "name"), "Its name."),
            new("price", Amount("data", "price"), "What an order placed now pays for one, up to four decimals."),
            new("currency", CurrencyOf("data", "price"), "ISO 4217 code of the price."),
            new("is_discontinued", "(data ->> 'isDiscontinued')::boolean", "Whether it cannot be ordered any more."),
            new("registered_at", Time("data", "registeredAt"), "When it was first offered."),
            new("changed_at", Time("data", "changedAt"), "When it last changed."),
        ],
        $"FROM {documents}.mt_doc_productview");

    static AnalyticsView Stock(string documents) => new(
        "stock",
        "One row for each SKU at each location, now: received + returned = available + reserved + allocated + shipped + written_off.",
        [ProjectionNames.Stock],
        "sku, location",
        [
            new("sku", Text("data", "sku"), "What lies there."),
            new("location", Text("data", "location"), "Where it lies."),
            new("on_hand", Whole("data", "onHand"), "Units in the house."),
            new("available", Whole("data", "available"), "Units that can be promised."),
            new("reserved", Whole("data", "reserved"), "Units in the house that are promised to orders."),
            new("allocated", Whole("data", "allocated"), "Units in the house that are kept for flash sales and promised to no order yet."),
            new("received", Whole("data", "received"), "Units that ever came in, returns not counted."),
            new("shipped", Whole("data", "shipped"), "Units that ever left for orders."),
            new("returned", Whole("data", "returned"), "Units that ever came back."),
            new("written_off", Whole("data", "writtenOff"), "Units lost, broken or given away."),
        ],
        $"FROM {documents}.mt_doc_stockview");
}
