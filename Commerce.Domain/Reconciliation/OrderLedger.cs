using System.Collections.Immutable;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Domain.Reconciliation;

/// <summary>What an order says of a movement of its payment.</summary>
public enum OrderWord
{
    /// <summary>There is no such order, or it has no such shipment or return.</summary>
    Nothing,

    /// <summary>Nothing is decided yet: its total may be held.</summary>
    Placed,

    /// <summary>It is confirmed, or was: its total is to be held.</summary>
    Promised,

    /// <summary>It was rejected: nothing is to be held.</summary>
    Rejected,

    /// <summary>It was cancelled: nothing is to be held.</summary>
    Cancelled,

    /// <summary>Units left the house: their amount is to be taken.</summary>
    Shipped,

    /// <summary>Units came back: their amount is to be given back.</summary>
    Returned,
}

/// <summary>What an order wants of a movement.</summary>
/// <param name="Word">What it says.</param>
/// <param name="Amount">How much is to move; null: it says nothing.</param>
/// <param name="IsInHands">Whether somebody gave up a message of the order for good: what is missing may have been done by hand.</param>
public sealed record OrderDemand(OrderWord Word, Money? Amount, bool IsInHands);

/// <summary>What an order wants of the money, as its stream tells it, each with the moment from which on it does.</summary>
/// <param name="Order">Which order.</param>
/// <param name="IsImported">Whether it is past trade, paid elsewhere: nothing follows from it.</param>
/// <param name="IsInHands">Whether somebody gave up a message of it for good.</param>
/// <param name="Demands">What it wants, by movement.</param>
public sealed record OrderLedger(OrderId Order, bool IsImported, bool IsInHands, ImmutableDictionary<MovementId, (OrderDemand Demand, DateTimeOffset At)> Demands)
{
    /// <summary>Its payment.</summary>
    public PaymentId Payment { get; } = PaymentId.For(Order);

    /// <summary>Before the order's first event.</summary>
    public static OrderLedger Of(OrderId order, bool isInHands) => new(order, IsImported: false, isInHands, ImmutableDictionary<MovementId, (OrderDemand, DateTimeOffset)>.Empty);

    /// <summary>Whether an event changes what an order wants: those make up a day.</summary>
    public static bool IsDemand(OrderEvent @event) =>
        @event is OrderEvent.Confirmed or OrderEvent.Rejected or OrderEvent.Cancelled or OrderEvent.Shipped or OrderEvent.Returned;

    /// <summary>The ledger after an event of the order.</summary>
    /// <param name="event">What happened.</param>
    /// <param name="at">When, UTC.</param>
    public OrderLedger After(OrderEvent @event, DateTimeOffset at) => @event switch
    {
        OrderEvent.Placed { Origin: OrderOrigin.Import } => this with { IsImported = true },
        OrderEvent.Placed e => Wants(Authorisation, OrderWord.Placed, e.Total, at),
        OrderEvent.Confirmed => Became(OrderWord.Promised, at),
        OrderEvent.Rejected => Became(OrderWord.Rejected, at),
        OrderEvent.Cancelled => Became(OrderWord.Cancelled, at),
        OrderEvent.Shipped e => Wants(new(Payment, PaymentMovement.Capture, e.Shipment), OrderWord.Shipped, e.Amount, at),
        OrderEvent.Returned e => Wants(new(Payment, PaymentMovement.Refund, e.Return), OrderWord.Returned, e.Amount, at),
        _ => this,
    };

    MovementId Authorisation => new(Payment, PaymentMovement.Authorisation, null);

    MovementId Void => new(Payment, PaymentMovement.Void, null);

    OrderLedger Became(OrderWord word, DateTimeOffset at) =>
        Demands.TryGetValue(Authorisation, out var before) && before.Demand.Amount is { } total ? Wants(Authorisation, word, total, at) : this;

    // What is to be held is not to be let go, and the other way round.
    OrderLedger Wants(MovementId movement, OrderWord word, Money amount, DateTimeOffset at)
    {
        var wanted = (new OrderDemand(word, amount, IsInHands), at);
        var demands = Demands.SetItem(movement, wanted);
        return this with { Demands = movement == Authorisation ? demands.SetItem(Void, wanted) : demands };
    }
}
