using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Projections.Tests.Auditing;

/// <summary>One order of two lines, one SKU on both, and the events of its story.</summary>
static class Sample
{
    public static readonly Currency Gbp = Currency.Of("GBP");
    public static readonly Sku Mug = Sku.Of("mug");
    public static readonly OrderId OrderA = new(new Guid("01900000-0000-7000-8000-000000000001"));
    public static readonly OrderId OrderB = new(new Guid("01900000-0000-7000-8000-000000000002"));
    public static readonly Guid Once = new("01900000-0000-7000-8000-0000000000aa");
    public static readonly StreamName MugStock = Stock.StreamOf(Mug, LocationId.Of("main"));
    public static readonly StreamName SpareMugStock = Stock.StreamOf(Mug, LocationId.Of("spare"));
    public static readonly StreamName OrderStream = Order.StreamOf(OrderA);
    public static readonly StreamName PaymentStream = Payment.StreamOf(PaymentId.For(OrderA));
    public static readonly StreamName FulfilmentStream = FulfilmentState.StreamOf(OrderA);
    static readonly DateTimeOffset Later = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);

    public static Money Pounds(decimal amount) => new(amount, Gbp);

    /// <summary>3 at 0.335 (1.01) and 2 at 1.00 (2.00): 3.01.</summary>
    public static OrderEvent.Placed Placed(OrderOrigin origin = OrderOrigin.Client) => new(
        OrderA, 1, null, "United Kingdom", "tok", origin, [new(1, Mug, "Mug", 3, Pounds(0.335m)), new(2, Mug, "Mug, gift", 2, Pounds(1m))], Pounds(3.01m));

    public static FulfilmentEvent Started => new FulfilmentEvent.Started(OrderA, [new(1, Mug, 3), new(2, Mug, 2)], Pounds(3.01m), "tok", [LocationId.Of("main")], Later);

    public static FulfilmentEvent ShipmentNoted => new FulfilmentEvent.ShipmentNoted(Once, [new(1, 3), new(2, 2)], Pounds(3.01m));

    public static StockEvent Received(int quantity) => new StockEvent.Received(quantity, "delivery");

    public static StockEvent Reserved(int quantity) => new StockEvent.Reserved(OrderA, quantity, Later);

    public static StockEvent Released(int quantity) => new StockEvent.Released(OrderA, quantity, ReleaseReason.OrderRejected);

    public static StockEvent StockShipped(int quantity) => new StockEvent.Shipped(OrderA, quantity, null);

    public static OrderEvent Shipped(decimal amount, params LineQuantity[] lines) => new OrderEvent.Shipped(Once, [.. lines], Pounds(amount));

    /// <summary>So many units of each line are called off.</summary>
    public static OrderEvent RestCancelled(params int[] units) => new OrderEvent.RestCancelled([.. units.Select((n, line) => new LineQuantity(line + 1, n))], "no more", CancelCause.Customer);

    public static OrderEvent Returned(decimal amount, params LineQuantity[] lines) => new OrderEvent.Returned(Once, [.. lines], Pounds(amount), "broken");

    public static PaymentEvent Requested(decimal amount) => new PaymentEvent.Requested(OrderA, Pounds(amount), "tok", null);

    public static PaymentEvent CaptureRequested(decimal amount) => new PaymentEvent.CaptureRequested(Once, Pounds(amount));

    public static PaymentEvent Captured(decimal amount) => new PaymentEvent.Captured(Once, Pounds(amount), "c1");

    public static PaymentEvent RefundRequested(decimal amount) => new PaymentEvent.RefundRequested(Once, Pounds(amount));

    public static PaymentEvent Refunded(decimal amount) => new PaymentEvent.Refunded(Once, Pounds(amount), "r1");

    public static AuditedLog Confirmed(this AuditedLog log) => log
        .With(MugStock, Received(10))
        .With(OrderStream, Placed())
        .With(MugStock, Reserved(5))
        .With(PaymentStream, Requested(3.01m), new PaymentEvent.Authorised("a1"))
        .With(OrderStream, new OrderEvent.Confirmed());

    /// <summary>One of five units is sent and paid.</summary>
    public static AuditedLog ShippedInPart(this AuditedLog log) => log
        .Confirmed()
        .With(OrderStream, Shipped(0.34m, new LineQuantity(1, 1)))
        .With(MugStock, StockShipped(1))
        .With(PaymentStream, CaptureRequested(0.34m), Captured(0.34m));

    public static AuditedLog ShippedAndCaptured(this AuditedLog log) => log
        .Confirmed()
        .With(OrderStream, Shipped(3.01m, new(1, 3), new(2, 2)))
        .With(MugStock, StockShipped(5))
        .With(PaymentStream, CaptureRequested(3.01m), Captured(3.01m))
        .With(OrderStream, new OrderEvent.Completed());

    public static AuditedLog ReturnedAndRefunded(this AuditedLog log) => log
        .ShippedAndCaptured()
        .With(OrderStream, Returned(1.34m, new LineQuantity(1, 1), new LineQuantity(2, 1)))
        .With(MugStock, new StockEvent.Returned(OrderA, 2, null))
        .With(PaymentStream, RefundRequested(1.34m), Refunded(1.34m));
}
