using Commerce.Projections.Daemon;

namespace Commerce.Projections.Analytics;

/// <summary>Sales by one dimension each, out of <c>analytics.sales_lines</c>, and how customers come back.</summary>
static class SalesViews
{
    /// <summary>What sales can be grouped by: name, SQL and meaning.</summary>
    public static readonly IReadOnlyList<AnalyticsColumn> Dimensions =
    [
        new("day", "occurred_on", "UTC day on which it happened."),
        new("week", SqlWords.FirstDay("week", "occurred_on"), "Monday of the ISO week in which it happened, UTC."),
        new("month", SqlWords.FirstDay("month", "occurred_on"), "First day of the month in which it happened, UTC."),
        new("country", "Where orders went; empty where unknown."),
        new("sku", "What was sold."),
        new("customer", "Who ordered; empty for guests."),
    ];

    /// <summary>The figures of one group of rows: what every view and query sums up.</summary>
    public static readonly IReadOnlyList<AnalyticsColumn> Figures =
    [
        new("orders", "count(DISTINCT order_id) FILTER (WHERE status = 'sold')", "Orders confirmed or beyond."),
        new("lines", "count(*) FILTER (WHERE status = 'sold')", "Their lines."),
        new("units", "coalesce(sum(quantity) FILTER (WHERE status = 'sold'), 0)::bigint", "Their units."),
        new("gross", "coalesce(sum(amount) FILTER (WHERE status = 'sold'), 0)", "What they cost."),
        new("returned", "coalesce(sum(amount) FILTER (WHERE status = 'returned'), 0)", "Owed for units that came back."),
        new("credited", "coalesce(sum(amount) FILTER (WHERE status = 'credited'), 0)", "Owed by credit notes outside any order."),
        new("net", "coalesce(sum(CASE status WHEN 'sold' THEN amount ELSE -amount END), 0)", "gross - returned - credited."),
    ];

    /// <summary>Rows that count.</summary>
    public const string Counted = "status IN ('sold', 'returned', 'credited')";

    /// <summary>Currency, which groups along: amounts of different ones do not add up.</summary>
    public static readonly AnalyticsColumn Currency = new("currency", "ISO 4217.");

    // A customer's first sale makes the cohort; guests come back unrecognised.
    const string Cohorts = """
        FROM (
            SELECT f.cohort, s.month, count(DISTINCT s.customer) AS customers, sum(s.orders)::bigint AS orders
            FROM (SELECT customer, date_trunc('month', min(occurred_on)::timestamp)::date AS cohort FROM analytics.sales_lines WHERE status = 'sold' AND customer IS NOT NULL GROUP BY customer) AS f
            JOIN (
                SELECT customer, date_trunc('month', occurred_on::timestamp)::date AS month, count(DISTINCT order_id) AS orders
                FROM analytics.sales_lines WHERE status = 'sold' AND customer IS NOT NULL GROUP BY 1, 2
            ) AS s USING (customer)
            GROUP BY f.cohort, s.month
        ) AS c
        """;

    /// <summary>All of them.</summary>
    public static IEnumerable<AnalyticsView> All => Dimensions.Select(By).Append(new(
        "cohorts",
        "Customers by the month of their first order and by the months in which they ordered: who comes back, and when.",
        [ProjectionNames.Sales],
        "cohort, month",
        [
            new("cohort", "First day of the month of the customers' first order, UTC."),
            new("month", "First day of a month in which any of them ordered."),
            new("months_after", "((extract(year FROM month) - extract(year FROM cohort)) * 12 + extract(month FROM month) - extract(month FROM cohort))::int", "Months from cohort to month; 0: that of the first order."),
            new("cohort_customers", "first_value(customers) OVER (PARTITION BY cohort ORDER BY month)", "Customers whose first order was in cohort."),
            new("customers", "Those of them who ordered in month."),
            new("orders", "Their orders in month, confirmed or beyond."),
            new("share", "round(customers::numeric / first_value(customers) OVER (PARTITION BY cohort ORDER BY month), 4)", "customers / cohort_customers."),
        ],
        Cohorts,
        Day: "month"));

    static AnalyticsView By(AnalyticsColumn dimension) => new(
        $"sales_by_{dimension.Name}",
        $"Sales by {dimension.Name} and currency. A return or credit counts when it happened, not when the goods were sold.",
        [ProjectionNames.Sales],
        $"{dimension.Name}, currency",
        [dimension, Currency, .. Figures],
        $"FROM analytics.sales_lines WHERE {Counted} GROUP BY {dimension.Expression}, currency",
        dimension.Name is "day" or "week" or "month" ? dimension.Name : null);
}
