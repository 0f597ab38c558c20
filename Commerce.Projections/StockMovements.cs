using Commerce.Domain.Inventory;
using Commerce.Projections.Analytics;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>Units of one SKU that came to and left one location on one UTC day. Units that are only promised do not move.</summary>
sealed record StockMovement(string Sku, string Location, DateOnly Day, long Received, long Returned, long Shipped, long WrittenOff)
{
    /// <summary>What an event moves; null: nothing.</summary>
    public static StockMovement? Of(ProjectedEvent e)
    {
        var (received, returned, shipped, writtenOff) = e.Event switch
        {
            StockEvent.Received x => (x.Quantity, 0, 0, 0),
            StockEvent.Returned x => (0, x.Quantity, 0, 0),
            StockEvent.Shipped x => (0, 0, x.Quantity, 0),
            StockEvent.WrittenOff x => (0, 0, 0, x.Quantity),
            _ => default,
        };
        var place = StockView.Empty(e.Recorded.Stream);
        return received + returned + shipped + writtenOff == 0
            ? null
            : new(place.Sku, place.Location, DateOnly.FromDateTime(e.OccurredAt.UtcDateTime), received, returned, shipped, writtenOff);
    }
}

/// <summary>The table <c>stock_movements</c>: days grow by what each batch moved, in the transaction that moves the checkpoint.</summary>
/// <param name="facts">Schema that it lies in.</param>
sealed class StockMovements(string facts)
{
    /// <summary>The table, for those who read it by its name.</summary>
    public static readonly AnalyticsRelation Relation = new(
        "stock_movements", "Units that came and left, by day, SKU and location.", [ProjectionNames.Stock], "day, sku, location", Day: "day");

    /// <summary>The table, in this schema.</summary>
    public ProjectionTables Tables { get; } = new(new ProjectionTable(
        $"{facts}.stock_movements",
        $"""
        CREATE SCHEMA IF NOT EXISTS {facts};
        CREATE TABLE IF NOT EXISTS {facts}.stock_movements (
            day date NOT NULL,
            sku text NOT NULL,
            location text NOT NULL,
            received bigint NOT NULL,
            returned bigint NOT NULL,
            shipped bigint NOT NULL,
            written_off bigint NOT NULL,
            CONSTRAINT stock_movements_pkey PRIMARY KEY (sku, location, day)
        );
        COMMENT ON TABLE {facts}.stock_movements IS
            'One row for each UTC day, SKU and location on which units came or left. On hand at the end of a day = received + returned - shipped - written_off, summed up to it.';
        COMMENT ON COLUMN {facts}.stock_movements.day IS 'UTC day on which it happened; for past trade, before it was recorded.';
        COMMENT ON COLUMN {facts}.stock_movements.sku IS 'What moved.';
        COMMENT ON COLUMN {facts}.stock_movements.location IS 'Where.';
        COMMENT ON COLUMN {facts}.stock_movements.received IS 'Units that came in, returns not counted.';
        COMMENT ON COLUMN {facts}.stock_movements.returned IS 'Units that came back from orders.';
        COMMENT ON COLUMN {facts}.stock_movements.shipped IS 'Units that left for orders.';
        COMMENT ON COLUMN {facts}.stock_movements.written_off IS 'Units lost, broken or given away.';

        """,
        string.Empty,
        $"DROP TABLE IF EXISTS {facts}.stock_movements CASCADE;\n"));

    readonly string _add = $"""
        INSERT INTO {facts}.stock_movements AS t (sku, location, day, received, returned, shipped, written_off)
        SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
        ON CONFLICT (sku, location, day) DO UPDATE SET
            received = t.received + excluded.received, returned = t.returned + excluded.returned, shipped = t.shipped + excluded.shipped,
            written_off = t.written_off + excluded.written_off
        """;

    /// <summary>Adds what a batch moves, a row for each day and place.</summary>
    public void Write(DocumentChanges changes, IEnumerable<ProjectedEvent> batch)
    {
        var days = batch.Select(StockMovement.Of).OfType<StockMovement>().GroupBy(m => (m.Sku, m.Location, m.Day)).ToList();
        if (days.Count > 0)
        {
            changes.Execute(new SqlStatement(
                _add,
                Column(d => d.Key.Sku), Column(d => d.Key.Location), Column(d => d.Key.Day),
                Column(d => d.Sum(m => m.Received)), Column(d => d.Sum(m => m.Returned)), Column(d => d.Sum(m => m.Shipped)), Column(d => d.Sum(m => m.WrittenOff))));
        }

        T[] Column<T>(Func<IGrouping<(string Sku, string Location, DateOnly Day), StockMovement>, T> value) => [.. days.Select(value)];
    }
}
