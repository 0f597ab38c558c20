using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Projections.Timelines;
using Commerce.Testing.Logs;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Timelines;

/// <summary>One order's line of time, among the events of others.</summary>
[TestFixture(LogEngine.InMemory)]
[TestFixture(LogEngine.Postgres)]
public sealed class OrderTimelineTests(LogEngine engine)
{
    static readonly LocationId Annexe = LocationId.Of("annexe");
    static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    LogForTests _log;

    [SetUp]
    public async Task SetUp() => _log = await LogForTests.Open(engine);

    [TearDown]
    public async Task TearDown() => await _log.DisposeAsync();

    [Test]
    public async Task What_stock_did_for_an_order_whose_process_has_noted_nothing_yet_is_looked_for_where_the_house_looks()
    {
        await Append(StockStream("CUP"), new StockEvent.Received(10, "delivery"));
        await Append(OrderStream(1), Placed(1, null, null, Line(1, "CUP", 2, 1m)));
        await Append(StockStream("CUP"), Reserved(1, 2), Reserved(2, 3));
        Assert.That(TypesOf(await Read(1)), Is.EqualTo(["order-placed.v1", "stock-reserved.v1"]));
    }

    [Test]
    public async Task What_the_process_says_of_its_locations_counts_and_not_what_the_house_chooses_today()
    {
        await Append(OrderStream(1), Placed(1, null, null, Line(1, "CUP", 2, 1m)));
        await Append(Stock.StreamOf(Sku.Of("CUP"), Annexe), Reserved(1, 2));
        Assert.That(TypesOf(await Read(1)), Is.EqualTo(["order-placed.v1"]));

        // A cancellation may overtake the placing, so the beginning need not be the first.
        await Append(FulfilmentStream(1), new FulfilmentEvent.OrderCancelled(), new FulfilmentEvent.Started(OrderNumber(1), [], Pounds(2m), null, [Annexe], default));
        Assert.That(TypesOf(await Read(1)), Is.EqualTo(["order-placed.v1", "stock-reserved.v1", "fulfilment-order-cancelled.v1", "fulfilment-started.v1"]));
    }

    [Test]
    public async Task Past_trade_may_have_its_stock_before_its_order()
    {
        await Append(Stock.StreamOf(Sku.Of("CUP"), Annexe), new StockEvent.Received(2, "opening"), Reserved(1, 2), new StockEvent.Shipped(OrderNumber(1), 2, null));
        await Append(OrderStream(1), Placed(1, null, null, Line(1, "CUP", 2, 1m)) with { Origin = OrderOrigin.Import });
        await Append(FulfilmentStream(1), new FulfilmentEvent.Imported(OrderNumber(1), [], Pounds(2m), Annexe));
        Assert.That(TypesOf(await Read(1)), Is.EqualTo(["stock-reserved.v1", "stock-shipped.v2", "order-placed.v1", "fulfilment-imported.v1"]));
    }

    [Test]
    public async Task Of_stock_that_everybody_wants_only_so_much_is_read_for_a_page_and_the_next_goes_on_there()
    {
        await Append(OrderStream(1), Placed(1, null, null, Line(1, "CUP", 2, 1m)));
        await Append(StockStream("CUP"), Reserved(1, 2));
        foreach (var others in Enumerable.Range(2, 13_000).Select(object (n) => Reserved(n, 1)).Chunk(IEventLog.AppendEventsMax))
        {
            await Append(StockStream("CUP"), others);
        }

        await Append(StockStream("CUP"), new StockEvent.Released(OrderNumber(1), 2, ReleaseReason.OrderCancelled));
        await Append(FulfilmentStream(1), new FulfilmentEvent.Undone());
        Assert.That(TypesOf((await Page(1, LogPosition.Start, 100)).Events), Is.EqualTo(["order-placed.v1", "stock-reserved.v1"]), "What comes later may have stock before it.");
        Assert.That(TypesOf(await ReadPages(1, 100)), Is.EqualTo(["order-placed.v1", "stock-reserved.v1", "stock-released.v1", "fulfilment-undone.v1"]));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(100)]
    public async Task Pages_of_any_size_are_together_the_whole_line(int limit)
    {
        await Append(StockStream("CUP"), new StockEvent.Received(10, "delivery"));
        await Append(OrderStream(1), Placed(1, null, null, Line(1, "CUP", 2, 1m), Line(2, "PLATE", 1, 1m)));
        await Append(StockStream("PLATE"), Reserved(2, 1), Reserved(1, 1));
        await Append(StockStream("CUP"), Reserved(1, 2));
        await Append(PaymentStream(1), new PaymentEvent.Requested(OrderNumber(1), Pounds(3m), null, null), new PaymentEvent.Authorised("ref"));
        await Append(OrderStream(1), new OrderEvent.Confirmed());

        var read = await ReadPages(1, limit);
        Assert.That(TypesOf(read), Is.EqualTo(["order-placed.v1", "stock-reserved.v1", "stock-reserved.v1", "payment-requested.v2", "payment-authorised.v1", "order-confirmed.v1"]));
        Assert.That(read.Select(e => e.Position), Is.Ordered.And.Unique);
    }

    [Test]
    public async Task An_event_of_stock_that_cannot_be_read_hides_nothing_else()
    {
        await Append(OrderStream(1), Placed(1, null, null, Line(1, "CUP", 2, 1m)));
        await _log.Log.Append(StockStream("CUP"), ExpectedRevision.Any, [new NewEvent(Guid.NewGuid(), "stock-reserved.v1", "{}"u8.ToArray(), default)], CancellationToken.None);
        await Append(StockStream("CUP"), Reserved(1, 2));
        Assert.That(TypesOf(await Read(1)), Is.EqualTo(["order-placed.v1", "stock-reserved.v1"]));
    }

    [Test]
    public async Task An_order_of_more_streams_than_can_be_read_together_says_how_many()
    {
        await Append(OrderStream(1), Placed(1, null, null, [.. Enumerable.Range(1, 2_000).Select(n => Line(n, $"S{n}", 1, 1m))]));
        LocationId[] three = [Main, Annexe, LocationId.Of("attic")];
        Assert.That(await new OrderTimeline(_log.Log, [.. three]).Read(OrderNumber(1), LogPosition.Start, 10, CancellationToken.None), Is.EqualTo(new Timeline.TooWide(6_003)));
        Assert.That(TypesOf(await Read(1)), Is.EqualTo(["order-placed.v1"]));
    }

    [TestCase(0)]
    [TestCase(21_000)]
    public async Task An_order_of_a_flash_sale_begins_with_its_claim_however_many_there_are(int othersBetween)
    {
        var sale = new FlashSaleId(Guid.CreateVersion7());
        var stream = FlashSale.StreamOf(sale);
        await Append(stream, new FlashSaleEvent.Announced(sale, Sku.Of("CUP"), "Cup", 9, Pounds(1m), Noon, Noon.AddHours(1), 2, 15), Claimed(2), Claimed(1));
        foreach (var others in Enumerable.Range(3, othersBetween).Select(object (n) => Claimed(n)).Chunk(IEventLog.AppendEventsMax))
        {
            await Append(stream, others);
        }

        await Append(stream, new FlashSaleEvent.PaymentGiven(sale, OrderNumber(1), CustomerId.Of("ann"), 1, Main, "tok"));
        var placed = Placed(1, null, null, Line(1, "CUP", 1, 1m));
        await Append(OrderStream(1), new OrderEvent.PlacedInSale(sale, Main, placed.Order, 1, CustomerId.Of("ann"), null, "tok", OrderOrigin.Client, placed.Lines, placed.Total));
        await Append(StockStream("CUP"), new StockEvent.ReservedInSale(sale, OrderNumber(1), 1, Noon), new StockEvent.ReleasedToSale(sale, OrderNumber(1), 1, ReleaseReason.OrderRejected));
        await Append(stream, Claimed(99_999), new FlashSaleEvent.ClaimReturned(OrderNumber(1), 1, ClaimReturnReason.OrderUndone));

        Assert.That(TypesOf(await ReadPages(1, 100)), Is.EqualTo([
            "flash-sale-claimed.v1", "flash-sale-payment-given.v1", "order-placed-in-sale.v1", "stock-reserved-in-sale.v1", "stock-released-to-sale.v1", "flash-sale-claim-returned.v1"]));
    }

    [Test]
    public async Task An_order_that_was_never_placed_has_no_line()
    {
        await Append(StockStream("CUP"), Reserved(1, 2));
        Assert.That(await new OrderTimeline(_log.Log, [Main]).Read(OrderNumber(1), LogPosition.Start, 10, CancellationToken.None), Is.InstanceOf<Timeline.Unknown>());
    }

    static FlashSaleEvent.Claimed Claimed(int order) => new(OrderNumber(order), CustomerId.Of($"customer-{order}"), 1, order, 0);

    static string[] TypesOf(IEnumerable<RecordedEvent> events) => [.. events.Select(e => e.Type)];

    async Task<Timeline.Page> Page(int order, LogPosition after, int limit) =>
        await new OrderTimeline(_log.Log, [Main]).Read(OrderNumber(order), after, limit, CancellationToken.None) as Timeline.Page ?? throw new AssertionException("There is no line.");

    async Task<IReadOnlyList<RecordedEvent>> ReadPages(int order, int limit)
    {
        var read = new List<RecordedEvent>();
        for (LogPosition? after = LogPosition.Start; after is { } from;)
        {
            var page = await Page(order, from, limit);
            Assert.That(page.Events, Has.Count.LessThanOrEqualTo(limit));
            read.AddRange(page.Events);
            after = page.Next;
        }

        return read;
    }

    async Task<IReadOnlyList<RecordedEvent>> Read(int order)
    {
        var page = await Page(order, LogPosition.Start, OrderTimeline.LimitMax);
        Assert.That(page.Next, Is.Null);
        return page.Events;
    }

    Task Append(StreamName stream, params object[] events) => _log.Log.Append(
        stream, ExpectedRevision.Any, [.. events.Select(e => new NewEvent(Guid.NewGuid(), EventCatalog.NameOf(e), EventCatalog.ToJson(e), new EventMetadata { OccurredAt = default }.ToJson()))], CancellationToken.None);
}
