using System.Collections.Immutable;
using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Projections.Tests;

/// <summary>Events of a small trade, as deciders would have made them.</summary>
static class Trade
{
    public static readonly Currency Pound = Currency.Of("GBP");
    public static readonly LocationId Main = LocationId.Of("main");

    static readonly DateTimeOffset Later = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);

    public static Money Pounds(decimal amount) => new(amount, Pound);

    /// <summary>Ids that are the same in every run.</summary>
    public static OrderId OrderNumber(int n) => new(new Guid(n, 0, 0, new byte[8]));

    public static StreamName OrderStream(int n) => Order.StreamOf(OrderNumber(n));

    public static StreamName PaymentStream(int n) => Payment.StreamOf(PaymentId.For(OrderNumber(n)));

    public static StreamName FulfilmentStream(int n) => FulfilmentState.StreamOf(OrderNumber(n));

    public static StreamName StockStream(string sku) => Stock.StreamOf(Sku.Of(sku), Main);

    public static OrderLine Line(int line, string sku, int quantity, decimal price) => new(line, Sku.Of(sku), $"Name of {sku}", quantity, Pounds(price));

    public static OrderEvent.Placed Placed(int n, string? customer, string? country, params OrderLine[] lines) => new(
        OrderNumber(n), 1_000 + n, customer is null ? null : CustomerId.Of(customer), country, null, OrderOrigin.Client, [.. lines],
        lines.Aggregate(Pounds(0), (sum, l) => sum + l.UnitPrice.Charge(l.Quantity)));

    public static OrderEvent.Shipped Shipped(decimal amount, params LineQuantity[] lines) => new(Guid.NewGuid(), [.. lines], Pounds(amount));

    public static OrderEvent.Returned Returned(decimal amount, params LineQuantity[] lines) => new(Guid.NewGuid(), [.. lines], Pounds(amount), "too small");

    public static StockEvent.Reserved Reserved(int order, int quantity) => new(OrderNumber(order), quantity, Later);

    /// <summary>A cup and a plate; three cups and a plate ordered, paid, shipped; one cup comes back and is refunded.</summary>
    public static async Task OneOrderWithEverything(ReadModelWorld world)
    {
        await world.Append(Product.StreamOf(Sku.Of("CUP")), new ProductEvent.Registered(Sku.Of("CUP"), "Name of CUP", Pounds(2.125m)));
        await world.Append(StockStream("CUP"), new StockEvent.Received(10, "delivery 1"));
        await world.Append(StockStream("PLATE"), new StockEvent.Received(5, "delivery 1"));
        await world.Append(OrderStream(1), Placed(1, "ann", "France", Line(1, "CUP", 3, 2.125m), Line(2, "PLATE", 1, 7m)));
        await world.Append(StockStream("CUP"), Reserved(1, 3));
        await world.Append(StockStream("PLATE"), Reserved(1, 1));
        await world.Append(PaymentStream(1), new PaymentEvent.Requested(OrderNumber(1), Pounds(13.38m), "tok", null), new PaymentEvent.Authorised("ref-1"));
        await world.Append(OrderStream(1), new OrderEvent.Confirmed());
        await world.Append(StockStream("CUP"), new StockEvent.Shipped(OrderNumber(1), 3, null));
        await world.Append(StockStream("PLATE"), new StockEvent.Shipped(OrderNumber(1), 1, null));
        await world.Append(OrderStream(1), Shipped(13.38m, new(1, 3), new(2, 1)));
        await world.Append(
            PaymentStream(1), new PaymentEvent.CaptureRequested(Guid.Empty, Pounds(13.38m)), new PaymentEvent.Captured(Guid.Empty, Pounds(13.38m), "ref-2"));
        await world.Append(OrderStream(1), new OrderEvent.Completed());
        await world.Append(OrderStream(1), Returned(2.13m, new LineQuantity(1, 1)));
        await world.Append(StockStream("CUP"), new StockEvent.Returned(OrderNumber(1), 1, null));
        await world.Append(
            PaymentStream(1), new PaymentEvent.RefundRequested(Guid.Empty, Pounds(2.13m)), new PaymentEvent.Refunded(Guid.Empty, Pounds(2.13m), "ref-3"));
    }

    public static CreditNoteEvent.Issued Credit(string reference, string? country, string sku, int quantity, decimal price)
    {
        ImmutableArray<CreditLine> lines = [new(Sku.Of(sku), quantity, Pounds(price))];
        return new(reference, null, country, lines, Pounds(price).Charge(quantity));
    }
}
