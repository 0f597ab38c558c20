using Commerce.Projections.Analytics;
using Commerce.Projections.Daemon;

namespace Commerce.Projections;

/// <summary>The table of sales, with comments that BI tools show to analysts.</summary>
static class SalesLinesSchema
{
    /// <summary>The table, for those who read it by its name.</summary>
    public static readonly AnalyticsRelation Relation = new(
        "sales_lines", "Each line that was sold, came back or was credited.", [ProjectionNames.Sales], "occurred_on, position, line", Day: "occurred_on");

    /// <summary>The table, in this schema.</summary>
    public static ProjectionTables Tables(string facts) => new(new ProjectionTable($"{facts}.sales_lines", Create(facts), Indexes(facts), $"DROP TABLE IF EXISTS {facts}.sales_lines CASCADE;\n"));

    static string Create(string facts) => $"""
        CREATE SCHEMA IF NOT EXISTS {facts};
        CREATE TABLE IF NOT EXISTS {facts}.sales_lines (
            position bigint NOT NULL,
            line int NOT NULL,
            kind text NOT NULL,
            status text NOT NULL,
            order_id uuid NULL,
            order_number bigint NULL,
            reference text NULL,
            sku text NOT NULL,
            name text NULL,
            country text NULL,
            customer text NULL,
            quantity int NOT NULL,
            unit_price numeric NOT NULL,
            amount numeric NOT NULL,
            currency text NOT NULL,
            occurred_at timestamptz NOT NULL,
            occurred_on date NOT NULL,
            CONSTRAINT sales_lines_pkey PRIMARY KEY (position, line)
        );
        COMMENT ON TABLE {facts}.sales_lines IS
            'One row for each line of an order (kind sale), for each time that units of it came back (kind return) and for each line of a credit note (kind credit). Net sales = sold - returned - credited; see status.';
        COMMENT ON COLUMN {facts}.sales_lines.position IS 'Place in the event log of the event that made the row.';
        COMMENT ON COLUMN {facts}.sales_lines.line IS 'Number of the line in its order or credit note, from 1.';
        COMMENT ON COLUMN {facts}.sales_lines.kind IS 'sale, return or credit.';
        COMMENT ON COLUMN {facts}.sales_lines.status IS
            'sale: placed (not confirmed yet), sold, rejected or cancelled, only sold counts (units of a line that are never sent have a row of their own); return: returned; credit: credited.';
        COMMENT ON COLUMN {facts}.sales_lines.order_id IS 'The order; empty for credits, which belong to no known order.';
        COMMENT ON COLUMN {facts}.sales_lines.order_number IS 'Its number.';
        COMMENT ON COLUMN {facts}.sales_lines.reference IS 'Reference of the credit note; empty for sales and returns.';
        COMMENT ON COLUMN {facts}.sales_lines.sku IS 'What was sold.';
        COMMENT ON COLUMN {facts}.sales_lines.name IS 'Its name when it was ordered.';
        COMMENT ON COLUMN {facts}.sales_lines.country IS 'Where the order went; empty where unknown.';
        COMMENT ON COLUMN {facts}.sales_lines.customer IS 'Who ordered; empty for guests.';
        COMMENT ON COLUMN {facts}.sales_lines.quantity IS 'Units, always above zero: the kind tells which way they went.';
        COMMENT ON COLUMN {facts}.sales_lines.unit_price IS 'Price of one unit, up to four decimals.';
        COMMENT ON COLUMN {facts}.sales_lines.amount IS 'What the units cost or gave back, exact, in the currency, never below zero.';
        COMMENT ON COLUMN {facts}.sales_lines.currency IS 'ISO 4217. Amounts of different currencies do not add up.';
        COMMENT ON COLUMN {facts}.sales_lines.occurred_at IS 'When it happened in the world; for past trade, before it was recorded.';
        COMMENT ON COLUMN {facts}.sales_lines.occurred_on IS 'The UTC day of occurred_at.';

        """;

    static string Indexes(string facts) => $"""
        CREATE INDEX IF NOT EXISTS sales_lines_order_id ON {facts}.sales_lines (order_id);
        CREATE INDEX IF NOT EXISTS sales_lines_sku ON {facts}.sales_lines (sku);
        CREATE INDEX IF NOT EXISTS sales_lines_occurred_on ON {facts}.sales_lines (occurred_on);

        """;
}
