using Commerce.Projections.Daemon;
using static Commerce.Projections.Analytics.SqlWords;

namespace Commerce.Projections.Analytics;

/// <summary>What came of flash sales.</summary>
static class FlashSaleViews
{
    /// <summary>All of them, over the documents in this schema.</summary>
    public static IEnumerable<AnalyticsView> All(string documents) =>
    [
        new(
            "flash_sales",
            "One row for each flash sale, with what came of it: units = remaining + claimed + given_back.",
            [ProjectionNames.FlashSales],
            "opens_on, sale_id",
            [
                new("sale_id", "id", "The sale."),
                new("sku", Text("data", "sku"), "What is sold."),
                new("name", Text("data", "name"), "Its name when the sale was announced."),
                new("unit_price", Amount("data", "unitPrice"), "Price of one."),
                new("currency", CurrencyOf("data", "unitPrice"), "ISO 4217 code of the price."),
                new("opens_at", Time("data", "opens"), "When claims begin."),
                new("closes_at", Time("data", "closes"), "When they end."),
                new("is_closed", "(data ->> 'isClosed')::boolean", "Whether nothing is claimed any more."),
                new("units_announced", Whole("data", "unitsAnnounced"), "Units that were announced."),
                new("units", Whole("data", "units"), "Units that stock gave."),
                new("remaining", Whole("data", "remaining"), "Units that nobody has claimed."),
                new("claimed", Whole("data", "claimed"), "Units that are claimed and not offered again."),
                new("given_back", Whole("data", "givenBack"), "Units that the closed sale gave back to stock."),
                new("claims", Whole("data", "claims"), "Claims that were made."),
                new("orders", Whole("data", "orders"), "Claims that have a payment and became orders."),
                new("unpaid", Whole("data", "unpaid"), "Claims that were not paid in time."),
                new("undone", Whole("data", "undone"), "Orders of claims that were undone, wholly or in part."),
                new("sold_share", $"round({Whole("data", "claimed")}::numeric / nullif({Whole("data", "units")}, 0), 4)", "claimed / units; empty where stock gave none."),
                new("opens_on", Day(Time("data", "opens")), "UTC day of opens_at."),
            ],
            $"FROM {documents}.mt_doc_flashsaleview",
            Day: "opens_on"),
        new(
            "flash_sale_claims",
            "One row for each claim in a flash sale.",
            [ProjectionNames.FlashSales],
            "sale_id, place",
            [
                new("claim_id", "id", "The claim; also the id of the order that it becomes."),
                new("sale_id", "(data ->> 'sale')::uuid", "The sale."),
                new("customer", Text("data", "customer"), "Whose."),
                new("quantity", Whole("data", "quantity"), "Units that were claimed."),
                new("place", Whole("data", "place"), "How many claims there were with it."),
                new("status", Word("data", "status"), "Where it stands: waiting, ordered, returned."),
                new("claimed_at", Time("data", "claimedAt"), "When it was made."),
                new("pay_until", Time("data", "payUntil"), "Until when a payment has to be given; empty: it came with one."),
                new("returned", Whole("data", "returned"), "Units that are offered again."),
                new("claimed_on", Day(Time("data", "claimedAt")), "UTC day of claimed_at."),
            ],
            $"FROM {documents}.mt_doc_flashsaleclaimview",
            Day: "claimed_on"),
    ];
}
