using System.Collections.Immutable;
using System.Globalization;
using Commerce.Domain;
using Commerce.Projections;

namespace Commerce.Api.Endpoints;

/// <summary>An order with its lines, its payment and its stock.</summary>
sealed record OrderResource
{
    /// <summary>Its id.</summary>
    public required Guid OrderId { get; init; }

    /// <summary>Its number for people.</summary>
    public required string Number { get; init; }

    /// <summary>Where it stands.</summary>
    public required string Status { get; init; }

    /// <summary>Whether nothing is left to do for it until somebody ships it or sends it back: paid and confirmed, or fully undone.</summary>
    public required bool Settled { get; init; }

    /// <summary>
    /// Whether something of it is being undone: it was refused or called off, in whole or for the rest, or units of it came back,
    /// and stock that it held or money that it owes is not yet where it belongs.
    /// </summary>
    public required bool Compensating { get; init; }

    /// <summary>Since when; missing where nothing is.</summary>
    public DateTimeOffset? CompensatingSince { get; init; }

    /// <summary>Where it came from: <c>client</c> or <c>import</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>Who ordered; missing for a guest.</summary>
    public string? CustomerId { get; init; }

    /// <summary>Where to.</summary>
    public string? Country { get; init; }

    /// <summary>ISO 4217 code of every amount in it.</summary>
    public string? Currency { get; init; }

    /// <summary>What was ordered.</summary>
    public required ImmutableArray<OrderLineView> Lines { get; init; }

    /// <summary>What all lines cost.</summary>
    public Money? Total { get; init; }

    /// <summary>What is owed to the customer for units that came back.</summary>
    public Money? ReturnedAmount { get; init; }

    /// <summary>Its payment, once asked for.</summary>
    public OrderPayment? Payment { get; init; }

    /// <summary>What stock does for it.</summary>
    public required ImmutableArray<OrderStockView> Stock { get; init; }

    /// <summary>When it was placed.</summary>
    public DateTimeOffset? PlacedAt { get; init; }

    /// <summary>When stock and payment were sure.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>When the last units left.</summary>
    public DateTimeOffset? ShippedAt { get; init; }

    /// <summary>When it was closed.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>When it was refused.</summary>
    public DateTimeOffset? RejectedAt { get; init; }

    /// <summary>When the customer called it off.</summary>
    public DateTimeOffset? CancelledAt { get; init; }

    /// <summary>When what was not sent of it was called off.</summary>
    public DateTimeOffset? RestCancelledAt { get; init; }

    /// <summary>When the last units came back.</summary>
    public DateTimeOffset? ReturnedAt { get; init; }

    /// <summary>Why it was refused: <c>outOfStock</c>, <c>paymentDeclined</c>, <c>paymentExpired</c>.</summary>
    public string? RejectReason { get; init; }

    /// <summary>Why it was refused, called off or sent back, for a person.</summary>
    public string? Reason { get; init; }

    /// <summary>As the read model has it.</summary>
    public static OrderResource Of(OrderView order) => new()
    {
        OrderId = order.Id,
        Number = order.Number.ToString(CultureInfo.InvariantCulture),
        Status = Words.Of(order.Status),
        Settled = order.IsSettled,
        Compensating = order.CompensatingSince is not null,
        CompensatingSince = order.CompensatingSince,
        Origin = Words.Of(order.Origin),
        CustomerId = order.Customer,
        Country = order.Country,
        Currency = order.Currency,
        Lines = order.Lines,
        Total = order.Total,
        ReturnedAmount = order.ReturnedAmount,
        Payment = order.Payment is { } payment ? OrderPayment.Of(payment) : null,
        Stock = [.. order.Stock.Values],
        PlacedAt = order.PlacedAt,
        ConfirmedAt = order.ConfirmedAt,
        ShippedAt = order.ShippedAt,
        CompletedAt = order.CompletedAt,
        RejectedAt = order.RejectedAt,
        CancelledAt = order.CancelledAt,
        RestCancelledAt = order.RestCancelledAt,
        ReturnedAt = order.ReturnedAt,
        RejectReason = order.RejectReason is { } reason ? Words.Of(reason) : null,
        Reason = order.Reason,
    };
}

/// <summary>What an order shows of its payment.</summary>
/// <param name="PaymentId">Its id.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Authorised">What the provider holds or held.</param>
/// <param name="Captured">What it took.</param>
/// <param name="Refunded">What it gave back.</param>
sealed record OrderPayment(Guid PaymentId, string Status, Money Authorised, Money Captured, Money Refunded)
{
    /// <summary>As the read model has it.</summary>
    public static OrderPayment Of(OrderPaymentView payment) => new(payment.Id, Words.Of(payment.Status), payment.Authorised, payment.Captured, payment.Refunded);
}

/// <summary>A page of orders, the last placed first.</summary>
/// <param name="Items">The orders.</param>
/// <param name="Next">Cursor of the next page; missing on the last.</param>
sealed record OrderPage(ImmutableArray<OrderResource> Items, string? Next = null);

/// <summary>The payment of an order.</summary>
/// <param name="PaymentId">Its id.</param>
/// <param name="OrderId">The order that it pays.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Amount">What was asked for.</param>
/// <param name="Authorised">What the provider holds or held.</param>
/// <param name="Captured">What it took.</param>
/// <param name="Refunded">What it gave back.</param>
/// <param name="Reference">The provider's reference of the authorisation.</param>
/// <param name="DeclineCode">Why the provider said no.</param>
/// <param name="RequestedAt">When it was asked for.</param>
/// <param name="ChangedAt">When it last changed.</param>
sealed record PaymentResource(
    Guid PaymentId,
    Guid OrderId,
    string Status,
    Money Amount,
    Money Authorised,
    Money Captured,
    Money Refunded,
    string? Reference,
    string? DeclineCode,
    DateTimeOffset RequestedAt,
    DateTimeOffset ChangedAt)
{
    /// <summary>As the read model has it.</summary>
    public static PaymentResource Of(PaymentView p) => new(
        p.Id, p.Order, Words.Of(p.Status), p.Amount, p.Authorised, p.Captured, p.Refunded, p.Reference, p.DeclineCode, p.RequestedAt, p.ChangedAt);
}
