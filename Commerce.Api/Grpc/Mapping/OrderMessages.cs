using Commerce.Api.Endpoints;
using Commerce.Projections;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Mapping;

/// <summary>Orders and payments as messages.</summary>
static class OrderMessages
{
    /// <summary>An order as the read model has it.</summary>
    public static Wire.Order Of(OrderView order) => new()
    {
        OrderId = order.Id.ToString(),
        Number = order.Number,
        Status = Words.Of(order.Status),
        Settled = order.IsSettled,
        CompensatingSince = Replies.Of(order.CompensatingSince),
        Origin = Words.Of(order.Origin),
        CustomerId = order.Customer ?? string.Empty,
        Country = order.Country ?? string.Empty,
        Lines = { order.Lines.Select(Of) },
        Total = Replies.Of(order.Total),
        ReturnedAmount = Replies.Of(order.ReturnedAmount),
        Payment = order.Payment is { } payment ? Of(payment) : null,
        Stock = { order.Stock.Values.Select(Of) },
        PlacedAt = Replies.Of(order.PlacedAt),
        ConfirmedAt = Replies.Of(order.ConfirmedAt),
        ShippedAt = Replies.Of(order.ShippedAt),
        CompletedAt = Replies.Of(order.CompletedAt),
        RejectedAt = Replies.Of(order.RejectedAt),
        CancelledAt = Replies.Of(order.CancelledAt),
        RestCancelledAt = Replies.Of(order.RestCancelledAt),
        ReturnedAt = Replies.Of(order.ReturnedAt),
        RejectReason = order.RejectReason is { } reason ? Words.Of(reason) : string.Empty,
        Reason = order.Reason ?? string.Empty,
        Revision = order.Revision,
    };

    /// <summary>A payment as the read model has it.</summary>
    public static Wire.Payment Of(PaymentView payment) => new()
    {
        PaymentId = payment.Id.ToString(),
        OrderId = payment.Order.ToString(),
        Status = Words.Of(payment.Status),
        Amount = Replies.Of(payment.Amount),
        Authorised = Replies.Of(payment.Authorised),
        Captured = Replies.Of(payment.Captured),
        Refunded = Replies.Of(payment.Refunded),
        Reference = payment.Reference ?? string.Empty,
        DeclineCode = payment.DeclineCode ?? string.Empty,
        RequestedAt = Replies.Of(payment.RequestedAt),
        ChangedAt = Replies.Of(payment.ChangedAt),
    };

    static Wire.OrderLine Of(OrderLineView line) => new()
    {
        Line = line.Line,
        Sku = line.Sku,
        Name = line.Name,
        Quantity = line.Quantity,
        UnitPrice = Replies.Of(line.UnitPrice),
        Amount = Replies.Of(line.Amount),
        Shipped = line.Shipped,
        Returned = line.Returned,
        Cancelled = line.Cancelled,
    };

    static Wire.OrderPayment Of(OrderPaymentView payment) => new()
    {
        PaymentId = payment.Id.ToString(),
        Status = Words.Of(payment.Status),
        Authorised = Replies.Of(payment.Authorised),
        Captured = Replies.Of(payment.Captured),
        Refunded = Replies.Of(payment.Refunded),
    };

    static Wire.OrderStock Of(OrderStockView stock) => new() { Sku = stock.Sku, Location = stock.Location, Reserved = stock.Reserved, Shipped = stock.Shipped, Returned = stock.Returned };
}
