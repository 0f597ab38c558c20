using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Snapshots;
using Commerce.Projections.Auditing;
using static Commerce.Projections.Tests.Auditing.Sample;

namespace Commerce.Projections.Tests.Auditing;

/// <summary>Flash sales in the log: a good one adds up, and each rule that one breaks is named.</summary>
public sealed class SaleOffenceTests
{
    static readonly FlashSaleId Sale = new(new Guid("01900000-0000-7000-8000-00000000005a"));
    static readonly StreamName Stream = FlashSale.StreamOf(Sale);
    static readonly StreamName Second = SaleShard.StreamOf(Sale, 1);
    static readonly LocationId Main = LocationId.Of("main");
    static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    static IEnumerable<TestCaseData> Broken()
    {
        yield return Breaks("sale-not-announced", Log().With(Stream, Claimed(1)));
        yield return Breaks("sale-announced-twice", Log().With(Stream, Announced, Announced));
        yield return Breaks("sale-offers-unkept", Log().With(MugStock, Received(9)).With(Stream, Announced).With(MugStock, new StockEvent.Allocated(Sale, 3)).With(Stream, Stocked(4)));
        yield return Breaks("sale-offers-unkept", Open(3).With(MugStock, new StockEvent.AllocationReturned(Sale, 1, 1)));
        yield return Breaks("sale-oversold", Open(1).With(Stream, Claimed(1), Claimed(2)));
        yield return Breaks("sale-oversold", Open(3).With(Stream, Rest(4)));
        yield return Breaks("claim-twice", Open(3).With(Stream, Claimed(1), Claimed(1)));
        yield return Breaks("claim-twice", Open(3).With(Stream, Claimed(1, part: 1)));
        yield return Breaks("claim-place", Open(3).With(Stream, Claimed(1, place: 2)));
        yield return Breaks("claim-over-limit", Open(9).With(Stream, Claimed(1, 2), Claimed(2, customer: 1)));
        yield return Breaks("claim-over-limit", Open(9).With(Stream, Claimed(1, 0)));
        yield return Breaks("claim-after-end", Open(3).With(Stream, new FlashSaleEvent.Closed(IsEarly: true), Claimed(1)));
        yield return Breaks("claim-not-made", Open(3).With(Stream, Returned(1, 1)));
        yield return Breaks("claim-returned-twice", Open(3).With(Stream, Claimed(1), Returned(1, 1), Returned(1, 1)));
        yield return Breaks("units-given-twice", Sharded().With(Stream, Gave(1, 1), Gave(1, 1)));
        yield return Breaks("units-given-twice", Sharded().With(Stream, Gave(2, 1)));
        yield return Breaks("sale-oversold", Sharded().With(Stream, Gave(1, 3)));
        yield return Breaks("units-taken-twice", Sharded().With(Stream, Gave(1, 1)).With(Second, Took(1), Took(1)));
        yield return Breaks("units-taken-twice", Sharded().With(Stream, Gave(1, 1)).With(Second, Took(2)));
        yield return Breaks("units-taken-twice", Sharded().With(Second, Took(1)));
        yield return Breaks("claim-elsewhere", Sharded().With(Stream, Gave(1, 1)).With(Second, Took(1), Claimed(1)));
        yield return Breaks("sale-announced-twice", Sharded().With(StreamName.For("flashsale", $"{Sale}.2"), Announced));
        yield return Breaks("order-without-claim", Open(3).With(Order.StreamOf(Id(1)), PlacedBy(1)));
        yield return Breaks("order-not-as-claimed", Open(3).With(Stream, Claimed(1, 2)).With(Order.StreamOf(Id(1)), PlacedBy(1)));
    }

    [TestCaseSource(nameof(Broken))]
    public async Task The_auditor_names_the_rule_that_the_last_event_breaks(object log, string code)
    {
        var audited = (AuditedLog)log;
        var (before, report) = (await new AuditedLog(audited.Events.SkipLast(1)).Audit(), await audited.Audit());
        Assert.That(before.OffencesByCode.Keys, Does.Not.Contain(code));
        Assert.That(report.OffencesByCode.Keys, Does.Contain(code));
    }

    static IEnumerable<TestCaseData> Unsettled()
    {
        yield return Breaks("claim-not-ordered", Open(3).With(Stream, Claimed(1), Paid(1)));
        yield return Breaks("units-on-the-way", Sharded().With(Stream, Gave(1, 1)));
        yield return Breaks("sale-stock", Open(3).With(Stream, new FlashSaleEvent.Closed(IsEarly: true), Rest(3)));
        yield return Breaks("claim-units", Ordered().With(Order.StreamOf(Id(1)), new OrderEvent.Rejected(RejectReason.PaymentDeclined, "no")).With(MugStock, new StockEvent.ReleasedToSale(Sale, Id(1), 1, ReleaseReason.OrderRejected)));
    }

    [TestCaseSource(nameof(Unsettled))]
    public async Task What_a_sale_leaves_undone_is_named_where_all_must_be_settled(object log, string code)
    {
        Assert.That((await ((AuditedLog)log).Audit()).OffencesByCode, Is.Empty);
        Assert.That((await ((AuditedLog)log).Audit(settled: true)).OffencesByCode.Keys, Does.Contain(code));
    }

    [Test]
    public async Task The_auditor_takes_no_snapshot_s_word()
    {
        SnapshotEvent[] lie = [new SnapshotEvent.Part("bm90IGEgc3RhdGU"), new SnapshotEvent.Taken(9, Guid.NewGuid(), 10_001, 0, 1, "not-its-hash")];
        AuditedLog WithSnapshot(AuditedLog log) => log
            .With(SnapshotStreams.PartsOf(Stream) ?? throw new AssertionException("No name."), lie[0])
            .With(SnapshotStreams.Of(Stream) ?? throw new AssertionException("No name."), lie[1]);

        var (good, oversold) = (await WithSnapshot(Ordered()).Audit(), await WithSnapshot(Open(1).With(Stream, Claimed(1), Claimed(2))).Audit());
        Assert.That((good.OffencesByCode.Count, good.UnknownEvents), Is.EqualTo((0, 0L)));
        Assert.That(good.FlashSales, Is.EqualTo((await Ordered().Audit()).FlashSales));
        Assert.That(oversold.OffencesByCode.Keys, Is.EqualTo(new[] { "sale-oversold" }));
    }

    [Test]
    public async Task The_units_of_a_sale_add_up()
    {
        var report = await Ordered().With(Stream, Claimed(2), Claimed(3), Returned(3, 1), new FlashSaleEvent.Closed(IsEarly: true), Rest(2)).With(MugStock, new StockEvent.AllocationReturned(Sale, 2, 1)).Audit();
        Assert.That(report.OffencesByCode, Is.Empty);
        Assert.That(report.FlashSales, Is.EqualTo(new FlashSaleFigures { Sales = 1, Units = 4, Unclaimed = 0, Waiting = 1, Ordered = 1, GivenBack = 2, Claims = 3 }));
        Assert.That((report.Stock.Allocated, report.Stock.Available, report.Stock.Reserved), Is.EqualTo((1, 7, 1)));
        Assert.That(report.Summary(), Has.Some.Contains("units 4 = unclaimed 0 + waiting 1 + ordered 1 + given back 2"));
    }

    [Test]
    public async Task The_units_of_all_shards_add_up()
    {
        var report = await Sharded().With(Stream, Gave(1, 1)).With(Second, Took(1), InSecond(1)).With(Stream, Claimed(2, place: 1)).Audit();
        Assert.That(report.OffencesByCode, Is.Empty);
        Assert.That(report.FlashSales, Is.EqualTo(new FlashSaleFigures { Sales = 1, Units = 2, Unclaimed = 0, Waiting = 2, Claims = 2 }));
    }

    // Both units are the first shard's.
    static AuditedLog Sharded() => Log().With(MugStock, Received(9)).With(Stream, Announced, new FlashSaleEvent.Sharded(0, 2)).With(MugStock, new StockEvent.Allocated(Sale, 2))
        .With(Second, Announced, new FlashSaleEvent.Sharded(1, 2), new FlashSaleEvent.Stocked([])).With(Stream, Stocked(2));

    static FlashSaleEvent Gave(int to, int quantity) => new FlashSaleEvent.UnitsGiven(Sale, 0, to, 1, Main, quantity);

    static FlashSaleEvent Took(int quantity) => new FlashSaleEvent.UnitsTaken(0, 1, Main, quantity);

    static FlashSaleEvent InSecond(int n) => new FlashSaleEvent.Claimed(new SaleShard(1, 2).ClaimOf(Id(n).Value), Customer(n), 1, 1, 0, Noon.AddMinutes(15));

    static TestCaseData Breaks(string code, AuditedLog log) => new(log, code);

    static AuditedLog Log() => new();

    static AuditedLog Open(int units) => Log().With(MugStock, Received(9)).With(Stream, Announced).With(MugStock, new StockEvent.Allocated(Sale, units)).With(Stream, Stocked(units));

    // One of four units is ordered.
    static AuditedLog Ordered() => Open(4).With(Stream, Claimed(1), Paid(1)).With(Order.StreamOf(Id(1)), PlacedBy(1)).With(MugStock, new StockEvent.ReservedInSale(Sale, Id(1), 1, Noon));

    static FlashSaleEvent Announced => new FlashSaleEvent.Announced(Sale, Mug, "Mug", 9, Pounds(1), Noon, Noon.AddHours(1), 2, 15);

    static FlashSaleEvent Stocked(int units) => new FlashSaleEvent.Stocked([new(Main, units)]);

    static FlashSaleEvent Claimed(int n, int quantity = 1, int? place = null, int part = 0, int? customer = null) => new FlashSaleEvent.Claimed(Id(n), Customer(customer ?? n), quantity, place ?? n, part, Noon.AddMinutes(15));

    static FlashSaleEvent Paid(int n) => new FlashSaleEvent.PaymentGiven(Sale, Id(n), Customer(n), 1, Main, "tok");

    static FlashSaleEvent Returned(int n, int quantity) => new FlashSaleEvent.ClaimReturned(Id(n), quantity, ClaimReturnReason.Unpaid);

    static FlashSaleEvent Rest(int quantity) => new FlashSaleEvent.RestReturned(Sale, Mug, 1, Main, quantity);

    static OrderEvent PlacedBy(int n) => new OrderEvent.PlacedInSale(Sale, Main, Id(n), n, Customer(n), null, "tok", OrderOrigin.Client, [new(1, Mug, "Mug", 1, Pounds(1))], Pounds(1));

    static OrderId Id(int n) => new(new Guid(n, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]));

    static CustomerId Customer(int n) => CustomerId.Of($"customer-{n}");
}
