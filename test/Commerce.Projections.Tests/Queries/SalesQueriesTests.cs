using System.Collections.Immutable;
using System.Data.Common;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Projections.Documents;
using Commerce.Projections.Queries;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Queries;

public sealed class SalesQueriesTests
{
    static readonly DateTimeOffset Day = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp() => _world = await ReadModelWorld.Create();

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task Sold_returned_and_credited_add_up_and_what_was_not_confirmed_counts_for_nothing()
    {
        await OneOrderWithEverything(_world);
        await _world.Append(OrderStream(2), Placed(2, null, "France", Line(1, "CUP", 100, 1m)));
        await _world.Append(OrderStream(3), Placed(3, null, "France", Line(1, "CUP", 100, 1m)), new OrderEvent.Rejected(RejectReason.OutOfStock, "none left"));
        await _world.Append(OrderStream(4), Placed(4, null, "France", Line(1, "CUP", 100, 1m)), new OrderEvent.Confirmed(), new OrderEvent.Cancelled("changed my mind", CancelCause.Customer));
        await _world.Append(CreditNote.StreamOf("C1"), Credit("C1", "France", "CUP", 2, 0.105m));
        await _world.Project();

        Assert.That(await Figures(SalesDimension.Country), Is.EqualTo(new[]
        {
            new SalesFigures("France", "GBP", 1, 2, 4, 13.38m, 2.13m, 0.21m, 11.04m),
        }));
    }

    [Test]
    public async Task The_parts_of_a_line_that_come_back_one_by_one_add_up_to_the_line()
    {
        // 3 x 2.125 = 6.38 rounded, so the parts cannot all be alike; the last two come in one batch.
        await _world.Append(OrderStream(1), Placed(1, null, null, Line(1, "CUP", 3, 2.125m)), new OrderEvent.Confirmed(), Shipped(6.38m, new LineQuantity(1, 3)));
        await _world.Append(OrderStream(1), Returned(2.13m, new LineQuantity(1, 1)));
        await _world.Project();
        await _world.Append(OrderStream(1), Returned(2.12m, new LineQuantity(1, 1)), Returned(2.13m, new LineQuantity(1, 1)));
        await _world.Project();

        Assert.That(await _world.Rows("SELECT amount FROM analytics.sales_lines WHERE kind = 'return' ORDER BY position"), Is.EqualTo((string[])["2.13", "2.12", "2.13"]));
        Assert.That((await Figures()).Single().Net, Is.Zero);
    }

    [TestCase(1)]
    [TestCase(100)]
    public async Task What_is_never_sent_of_an_order_is_not_sold(int batchEvents)
    {
        await _world.Append(OrderStream(1), Placed(1, null, null, Line(1, "CUP", 3, 2.125m), Line(2, "PLATE", 1, 7m)));
        await _world.Project();
        await _world.Append(OrderStream(1), new OrderEvent.Confirmed(), Shipped(2.13m, new LineQuantity(1, 1)), new OrderEvent.RestCancelled([new(1, 2), new(2, 1)], "none left", CancelCause.Customer));
        await _world.Project(batchEvents);

        Assert.That(await _world.Rows("SELECT sku, status, quantity, amount FROM analytics.sales_lines ORDER BY line, position"), Is.EqualTo((string[])["CUP|sold|1|2.13", "CUP|cancelled|2|4.25", "PLATE|cancelled|1|7"]));
        await _world.Append(OrderStream(1), Returned(2.13m, new LineQuantity(1, 1)));
        await _world.Project(batchEvents);
        Assert.That(((await Figures()).Single().Gross, (await Figures()).Single().Net), Is.EqualTo((2.13m, 0m)));
    }

    [Test]
    public async Task Days_are_those_of_the_trade_not_of_its_recording_and_both_ends_are_included()
    {
        for (var day = 0; day < 5; day++)
        {
            await _world.Append(OrderStream(day), Day.AddDays(day), Placed(day, null, null, Line(1, "CUP", day + 1, 1m)), new OrderEvent.Confirmed());
        }

        await _world.Project();

        var figures = await Read([SalesDimension.Day], new() { From = new(2026, 3, 2), To = new(2026, 3, 4) });

        Assert.That(figures.Select(f => (f.Group, f.Units)), Is.EqualTo(new[] { ("2026-03-02", 2L), ("2026-03-03", 3L), ("2026-03-04", 4L) }));
    }

    [Test]
    public async Task Every_grouping_adds_up_to_what_the_events_say([Values(1, 2, 3)] int seed, [Values(7, 1_000)] int batchEvents)
    {
        var random = new Random(seed);
        var (gross, units, returned) = (0m, 0L, 0m);
        for (var n = 0; n < 60; n++)
        {
            var lines = Enumerable.Range(1, random.Next(1, 6)).Select(l => Line(l, "SKU" + random.Next(8), random.Next(1, 50), random.Next(1, 100_000) / 10_000m)).ToArray();
            var placed = Placed(n, null, random.Next(4) == 0 ? null : "Country" + random.Next(3), lines);
            await _world.Append(OrderStream(n), Day.AddHours(random.Next(500)), placed);
            if (random.Next(4) == 0)
            {
                continue;
            }

            await _world.Append(OrderStream(n), new OrderEvent.Confirmed(), Shipped(placed.Total.Amount, [.. lines.Select(l => new LineQuantity(l.Line, l.Quantity))]));
            gross += placed.Total.Amount;
            units += lines.Sum(l => (long)l.Quantity);
            if (random.Next(3) == 0)
            {
                var amount = lines[0].UnitPrice.Charge(lines[0].Quantity).Amount;
                await _world.Append(OrderStream(n), Day.AddHours(random.Next(500)), Returned(amount, new LineQuantity(1, lines[0].Quantity)));
                returned += amount;
            }
        }

        await _world.Project(batchEvents);

        foreach (var by in (ImmutableArray<SalesDimension>[])[[], [SalesDimension.Sku], [SalesDimension.Country, SalesDimension.Day], [SalesDimension.Day, SalesDimension.Sku, SalesDimension.Country], [SalesDimension.Week, SalesDimension.Customer], [SalesDimension.Month]])
        {
            var figures = await Read(by, new());
            Assert.That(
                (figures.Sum(f => f.Gross), figures.Sum(f => f.Units), figures.Sum(f => f.Returned), figures.Sum(f => f.Net)),
                Is.EqualTo((gross, units, returned, gross - returned)),
                $"by {string.Join(',', by)}");
        }
    }

    [TestCase("day", "2026-03-01|GBP|1|2|4|13.38|2.13|0|11.25")]
    [TestCase("country", "France|GBP|1|2|4|13.38|2.13|0|11.25")]
    [TestCase("sku", "CUP|GBP|1|1|3|6.38|2.13|0|4.25")]
    [TestCase("week", "2026-02-23|GBP|1|2|4|13.38|2.13|0|11.25")]
    [TestCase("month", "2026-03-01|GBP|1|2|4|13.38|2.13|0|11.25")]
    [TestCase("customer", "ann|GBP|1|2|4|13.38|2.13|0|11.25")]
    public async Task Views_show_analysts_the_same(string by, string first)
    {
        await OneOrderWithEverything(_world);
        await _world.Project();

        Assert.That((await _world.Rows($"SELECT {by}::text, currency, orders, lines, units, gross, returned, credited, net FROM analytics.sales_by_{by} ORDER BY 1"))[0], Is.EqualTo(first));
    }

    Task<List<SalesFigures>> Figures(params SalesDimension[] by) => Read(by, new AnalyticsBounds());

    async Task<List<SalesFigures>> Read(IReadOnlyList<SalesDimension> by, AnalyticsBounds bounds)
    {
        using var queries = new AnalyticsQueries(_world.Database, ReadSchemas.DocumentsDefault);
        await using var answer = await queries.ReadSales(by, bounds, CancellationToken.None) ?? throw new InvalidOperationException("Nothing else is under way.");
        var figures = new List<SalesFigures>();
        while (await answer.Read(CancellationToken.None))
        {
            figures.Add(SalesFigures.Of(answer.Row));
        }

        return figures;
    }

    /// <summary>The figures of a group, with its first dimension as text.</summary>
    sealed record SalesFigures(string? Group, string Currency, long Orders, long Lines, long Units, decimal Gross, decimal Returned, decimal Credited, decimal Net)
    {
        public static SalesFigures Of(DbDataReader row)
        {
            var n = row.GetOrdinal("currency");
            return new(
                n == 0 || row.IsDBNull(0) ? null : row.GetFieldType(0) == typeof(string) ? row.GetString(0) : row.GetFieldValue<DateOnly>(0).ToString("O"),
                row.GetString(n), row.GetInt64(n + 1), row.GetInt64(n + 2), row.GetInt64(n + 3), row.GetDecimal(n + 4), row.GetDecimal(n + 5), row.GetDecimal(n + 6), row.GetDecimal(n + 7));
        }
    }
}
