using Commerce.Projections.Daemon;

namespace Commerce.Projections.Analytics;

/// <summary>Everything in the schema <c>analytics</c>.</summary>
static class AnalyticsCatalogue
{
    /// <summary>How far each projection has come; every answer for analysts is as of what it says.</summary>
    public static readonly AnalyticsView AsOf = new(
        "as_of",
        "How far each read model has come: everything in this schema is as of these positions. Read in one transaction (REPEATABLE READ) with a view, it dates the answer.",
        ProjectionNames.All,
        "projection",
        [
            new("projection", "name", "Which read model."),
            new("position", "Every event of the log up to this place is in its rows."),
            new("time", "updated_at", "When it came there. It stays where it is while the log has nothing new for it."),
            new("state", "CASE WHEN error IS NOT NULL THEN 'stands still' WHEN rebuilding_to IS NOT NULL THEN 'rebuilding' ELSE 'running' END", "running; rebuilding: rows are being made anew and are not complete; stands still: an event could not be applied."),
        ],
        "FROM commerce.projection_checkpoints");

    /// <summary>Views, with the documents in this schema.</summary>
    public static IReadOnlyList<AnalyticsView> Views(string documents) =>
    [
        AsOf,
        .. SalesViews.All,
        .. OrderViews.All(documents),
        .. GoodsViews.All(documents),
        .. MoneyViews.All(documents),
        .. FlashSaleViews.All(documents),
    ];

    /// <summary>Views, and the tables of facts that lie in the same schema.</summary>
    public static IReadOnlyList<AnalyticsRelation> Relations(string documents) => [SalesLinesSchema.Relation, StockMovements.Relation, PaymentLedger.Relation, .. Views(documents)];
}
