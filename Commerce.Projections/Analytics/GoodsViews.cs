using Commerce.Projections.Daemon;
using static Commerce.Projections.Analytics.SqlWords;

namespace Commerce.Projections.Analytics;

/// <summary>The catalogue and stock.</summary>
static class GoodsViews
{
    /// <summary>All of them, over the documents in this schema.</summary>
    public static IEnumerable<AnalyticsView> All(string documents) => [Products(documents), Stock(documents)];

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
