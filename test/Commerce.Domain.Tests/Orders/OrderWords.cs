using Commerce.Domain.Orders;

namespace Commerce.Domain.Tests.Orders;

/// <summary>The words in which orders are spoken of here.</summary>
static class OrderWords
{
    public static readonly OrderId Id = new(new Guid("0190aaaa-0000-7000-8000-000000000001"));
    public static readonly Currency Gbp = Currency.Of("GBP");
    public static readonly OrderCommand Confirm = new OrderCommand.Confirm();
    public static readonly OrderCommand Reject = new OrderCommand.Reject(RejectReason.OutOfStock, "no mugs");
    public static readonly OrderCommand Cancel = new OrderCommand.Cancel("changed my mind");
    public static readonly OrderCommand CancelRest = new OrderCommand.CancelRest("no more mugs");
    public static readonly OrderCommand Complete = new OrderCommand.Complete();
    public static readonly OrderEvent Rejected = new OrderEvent.Rejected(RejectReason.OutOfStock, "no mugs");
    public static readonly OrderEvent Cancelled = new OrderEvent.Cancelled("changed my mind", CancelCause.Customer);

    public static OrderEvent RestCancelled(params (int Line, int Quantity)[] lines) =>
        new OrderEvent.RestCancelled([.. lines.Select(l => new LineQuantity(l.Line, l.Quantity))], "no more mugs", CancelCause.Customer);

    public static OrderLine Line(int quantity, decimal price) => new(1, Sku.Of("mug"), "Mug", quantity, new(price, Gbp));

    public static OrderCommand.Place Place(params OrderLine[] lines) => new(Id, 7, Gbp, null, "United Kingdom", "tok", OrderOrigin.Client, [.. lines]);

    public static OrderEvent Placed(decimal total, params OrderLine[] lines) =>
        new OrderEvent.Placed(Id, 7, null, "United Kingdom", "tok", OrderOrigin.Client, [.. lines], new(total, Gbp));

    /// <summary>3 at 0.335 and 2 at 1.00.</summary>
    public static OrderEvent Placed() => Placed(3.01m, Line(3, 0.335m), Line(2, 1m) with { Line = 2 });

    public static OrderCommand Ship(Guid id, params (int Line, int Quantity)[] lines) => new OrderCommand.Ship(id, [.. lines.Select(l => new LineQuantity(l.Line, l.Quantity))]);

    public static OrderCommand Return(Guid id, params (int Line, int Quantity)[] lines) =>
        new OrderCommand.Return(id, [.. lines.Select(l => new LineQuantity(l.Line, l.Quantity))], "broken");

    public static OrderEvent Shipped(Guid id, decimal amount, params (int Line, int Quantity)[] lines) =>
        new OrderEvent.Shipped(id, [.. lines.Select(l => new LineQuantity(l.Line, l.Quantity))], new(amount, Gbp));

    public static OrderEvent Returned(Guid id, decimal amount, params (int Line, int Quantity)[] lines) =>
        new OrderEvent.Returned(id, [.. lines.Select(l => new LineQuantity(l.Line, l.Quantity))], new(amount, Gbp), "broken");
}
