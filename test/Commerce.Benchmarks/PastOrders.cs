using System.Collections.Immutable;
using System.Globalization;
using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Benchmarks;

/// <summary>Orders that were placed, reserved, paid, shipped and completed, as a log tells it; what its read models must hold.</summary>
/// <param name="Events">Events of the log.</param>
/// <param name="Orders">Orders in it.</param>
/// <param name="Lines">Their lines.</param>
/// <param name="Skus">Products with stock.</param>
sealed record PastOrders(long Events, long Orders, long Lines, long Skus)
{
    const int SkusMax = 2_000;
    const int LinesMax = 8;
    const int CustomersMax = 1_000;

    static readonly DateTimeOffset Beginning = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);
    static readonly Currency Pound = Currency.Of("GBP");
    static readonly LocationId Main = LocationId.Of("main");

    /// <summary>Writes orders until the log holds so many events, or a few more.</summary>
    public static async Task<PastOrders> Append(IEventLog log, int eventsMin, int seed, CancellationToken cancellationToken)
    {
        // Not a secret: trade that can be drawn again.
#pragma warning disable CA5394
        var random = new Random(seed);
        var skus = Math.Min(SkusMax, Math.Max(LinesMax, eventsMin / 50));
        var head = 0L;
        async Task Write(StreamName stream, params object[] events) => head = await WriteTo(log, stream, events, Beginning.AddSeconds(head), cancellationToken);

        for (var n = 0; n < skus; n++)
        {
            await Write(StockOf(n), new StockEvent.Received(TradeLimits.QuantityMax, "delivery"));
        }

        var (orders, lines) = (0, 0L);
        for (; head < eventsMin; orders++)
        {
            var first = random.Next(skus);
            var placed = Placed(orders, random.Next(CustomersMax), [.. Enumerable.Range(0, random.Next(1, LinesMax + 1)).Select(l => (Sku: (first + l) % skus, Quantity: random.Next(1, 13)))]);
            lines += placed.Lines.Length;
            await WriteOrder(Write, placed);
        }
#pragma warning restore CA5394

        return new(head, orders, lines, skus);
    }

    static async Task WriteOrder(Func<StreamName, object[], Task> write, OrderEvent.Placed placed)
    {
        var (order, payment) = (Order.StreamOf(placed.Order), Payment.StreamOf(PaymentId.For(placed.Order)));
        await write(order, [placed]);
        foreach (var line in placed.Lines)
        {
            await write(Stock.StreamOf(line.Sku, Main), [new StockEvent.Reserved(placed.Order, line.Quantity, Beginning.AddYears(1))]);
        }

        await write(payment, [new PaymentEvent.Requested(placed.Order, placed.Total, "tok", null), new PaymentEvent.Authorised("ref-1")]);
        await write(order, [new OrderEvent.Confirmed()]);
        foreach (var line in placed.Lines)
        {
            await write(Stock.StreamOf(line.Sku, Main), [new StockEvent.Shipped(placed.Order, line.Quantity, null)]);
        }

        var id = placed.Order.Value;
        await write(order, [new OrderEvent.Shipped(id, [.. placed.Lines.Select(l => new LineQuantity(l.Line, l.Quantity))], placed.Total)]);
        await write(payment, [new PaymentEvent.CaptureRequested(id, placed.Total), new PaymentEvent.Captured(id, placed.Total, "ref-2")]);
        await write(order, [new OrderEvent.Completed()]);
    }

    static async Task<long> WriteTo(IEventLog log, StreamName stream, object[] events, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var metadata = new EventMetadata { OccurredAt = at, Actor = "bench" }.ToJson();
        var news = events.Select(e => new NewEvent(Guid.NewGuid(), EventCatalog.NameOf(e), EventCatalog.ToJson(e), metadata)).ToList();
        return await log.Append(stream, ExpectedRevision.Any, news, cancellationToken) is AppendResult.Appended appended
            ? appended.Position.Value
            : throw new BenchmarkFailedException($"{stream} took no events.");
    }

    static OrderEvent.Placed Placed(int n, int customer, (int Sku, int Quantity)[] wishes)
    {
        ImmutableArray<OrderLine> lines = [.. wishes.Select((w, l) => new OrderLine(l + 1, SkuOf(w.Sku), "A product", w.Quantity, new Money(1.25m + w.Sku, Pound)))];
        var total = lines.Aggregate(new Money(0, Pound), (sum, l) => sum + l.UnitPrice.Charge(l.Quantity));
        return new(new OrderId(new Guid(n, 0, 0, new byte[8])), n, CustomerId.Of(string.Create(CultureInfo.InvariantCulture, $"customer-{customer}")), "GB", "tok", OrderOrigin.Client, lines, total);
    }

    static Sku SkuOf(int n) => Sku.Of(string.Create(CultureInfo.InvariantCulture, $"SKU-{n}"));

    static StreamName StockOf(int n) => Stock.StreamOf(SkuOf(n), Main);
}
