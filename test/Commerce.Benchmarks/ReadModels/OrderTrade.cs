using System.Collections.Immutable;
using System.Globalization;
using Commerce.Commands.EventLog;
using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Benchmarks.ReadModels;

/// <summary>
/// Orders of one line, each of ten events in its own stream, its payment's and its stock's: placed, reserved, paid, shipped, completed.
/// So many orders are under way at once, so that an order's events lie that far apart in the log. The same numbers, the same events.
/// </summary>
sealed class OrderTrade
{
    /// <summary>Events of an order.</summary>
    public const int EventsEach = 10;

    /// <summary>Orders under way at once: ten thousand events from an order's first to its last.</summary>
    public const int UnderWay = 1_000;

    const int Skus = 1_000;
    const int CustomersMax = 10_000;

    static readonly DateTimeOffset Beginning = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);
    static readonly Currency Pound = Currency.Of("GBP");
    static readonly LocationId Main = LocationId.Of("main");
    static readonly string[] Countries = ["GB", "FR", "DE", "NL", "IE"];

    readonly Func<int, StreamAppend>[] _steps;
    readonly Func<int, OrderId> _idOf;

    /// <summary>Orders with these ids, by their numbers.</summary>
    public OrderTrade(Func<int, OrderId> idOf)
    {
        _idOf = idOf;
        _steps =
        [
            n => On(Order.StreamOf(_idOf(n)), n, 0, Placed(n)),
            n => On(StockOf(n), n, 1, new StockEvent.Reserved(_idOf(n), QuantityOf(n), Beginning.AddYears(1))),
            n => On(PaymentOf(n), n, 2, new PaymentEvent.Requested(_idOf(n), TotalOf(n), "tok", null)),
            n => On(PaymentOf(n), n, 3, new PaymentEvent.Authorised("ref-1")),
            n => On(Order.StreamOf(_idOf(n)), n, 4, new OrderEvent.Confirmed()),
            n => On(StockOf(n), n, 5, new StockEvent.Shipped(_idOf(n), QuantityOf(n), null)),
            n => On(Order.StreamOf(_idOf(n)), n, 6, new OrderEvent.Shipped(_idOf(n).Value, [new LineQuantity(1, QuantityOf(n))], TotalOf(n))),
            n => On(PaymentOf(n), n, 7, new PaymentEvent.CaptureRequested(_idOf(n).Value, TotalOf(n)), new PaymentEvent.Captured(_idOf(n).Value, TotalOf(n), "ref-2")),
            n => On(Order.StreamOf(_idOf(n)), n, 9, new OrderEvent.Completed()),
        ];
    }

    /// <summary>The appends of orders, in the order of the log, a step of all that are under way at a time.</summary>
    /// <param name="first">Number of the first order.</param>
    /// <param name="orders">How many.</param>
    public IEnumerable<StreamAppend[]> Appends(int first, int orders) =>
        from wave in Enumerable.Range(first, orders).Chunk(UnderWay)
        from step in _steps
        select Array.ConvertAll(wave, n => step(n));

    /// <summary>Orders whose ids are spread as those that clients make.</summary>
    public static OrderTrade Spread { get; } = new(SpreadId);

    static OrderId SpreadId(int n) => new(new Guid(unchecked((int)((uint)n * 2_654_435_761)), 0, 0x4000, [0x80, 0, 0, 0, (byte)(n >> 24), (byte)(n >> 16), (byte)(n >> 8), (byte)n]));

    StreamAppend On(StreamName stream, int n, int step, params object[] events)
    {
        var metadata = new EventMetadata
        {
            OccurredAt = Beginning.AddSeconds(n),
            CorrelationId = _idOf(n).Value.ToString(),
            CausationId = _idOf(n).Value.ToString(),
            Actor = "bench",
        }.ToJson();
        return new(stream, ExpectedRevision.Any, [.. events.Select((e, i) => new NewEvent(EventIdOf(n, step + i), EventCatalog.NameOf(e), EventCatalog.ToJson(e), metadata))]);
    }

    static Guid EventIdOf(int n, int step) => new(n, (short)step, 0x4001, [0x80, 0, 0, 0, 0, 0, 0, 0]);

    OrderEvent.Placed Placed(int n)
    {
        ImmutableArray<OrderLine> lines = [new(1, SkuOf(n), "White hanging heart T-light holder", QuantityOf(n), new Money(1.25m + (n % Skus), Pound))];
        var customer = CustomerId.Of(string.Create(CultureInfo.InvariantCulture, $"customer-{n % CustomersMax}"));
        return new(_idOf(n), n, customer, Countries[n % Countries.Length], "tok", OrderOrigin.Client, lines, TotalOf(n));
    }

    static Money TotalOf(int n) => new Money(1.25m + (n % Skus), Pound).Charge(QuantityOf(n));

    static int QuantityOf(int n) => 1 + (n % 12);

    static Sku SkuOf(int n) => Sku.Of(string.Create(CultureInfo.InvariantCulture, $"SKU-{n % Skus}"));

    static StreamName StockOf(int n) => Stock.StreamOf(SkuOf(n), Main);

    StreamName PaymentOf(int n) => Payment.StreamOf(PaymentId.For(_idOf(n)));
}
