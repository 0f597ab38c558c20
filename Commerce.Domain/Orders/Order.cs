using System.Collections.Immutable;
using System.Diagnostics;
using Commerce.Domain.Log;
using static Commerce.Domain.Decision;

namespace Commerce.Domain.Orders;

/// <summary>Where an order stands.</summary>
public enum OrderStatus
{
    /// <summary>Not placed.</summary>
    None,

    /// <summary>Waiting for stock and payment.</summary>
    Placed,

    /// <summary>Reserved and authorised.</summary>
    Confirmed,

    /// <summary>Some of it left the house.</summary>
    PartiallyShipped,

    /// <summary>All of it left the house.</summary>
    Shipped,

    /// <summary>Delivered and paid.</summary>
    Completed,

    /// <summary>Could not be fulfilled.</summary>
    Rejected,

    /// <summary>Called off by the customer or the house.</summary>
    Cancelled,

    /// <summary>All of it came back.</summary>
    Returned,
}

/// <summary>
/// One line with how much of it was sent out and came back. Invariant: 0 &lt;= Returned &lt;= Shipped &lt;= Quantity - Cancelled.
/// </summary>
public sealed record LineState(OrderLine Line, int Shipped, int Returned)
{
    /// <summary>Units that never will be sent.</summary>
    public int Cancelled { get; init; }

    /// <summary>Units still to be sent.</summary>
    public int ToShip => Line.Quantity - Cancelled - Shipped;

    /// <summary>Units that can come back.</summary>
    public int Returnable => Shipped - Returned;
}

/// <summary>What one customer wants, in one currency.</summary>
public sealed record Order(OrderStatus Status, OrderId Id, long Number, Money Total, ImmutableSortedDictionary<int, LineState> Lines)
{
    /// <summary>Who ordered; null: a guest.</summary>
    public CustomerId? Customer { get; init; }

    /// <summary>Lines of an order at most.</summary>
    public const int LinesMax = TradeLimits.LinesMax;

    /// <summary>Units of a line at most.</summary>
    public const int QuantityMax = TradeLimits.QuantityMax;

    /// <summary>Characters of a reason at most.</summary>
    public const int ReasonLengthMax = 200;

    /// <summary>Characters of the name on a line at most.</summary>
    public const int NameLengthMax = TradeLimits.ProductNameLengthMax;

    /// <summary>Characters of a country at most.</summary>
    public const int CountryLengthMax = TradeLimits.CountryLengthMax;

    /// <summary>Before it is placed.</summary>
    public static readonly Order None = new(OrderStatus.None, default, 0, default, ImmutableSortedDictionary<int, LineState>.Empty);

    /// <summary>The aggregate.</summary>
    public static readonly Decider<OrderCommand, OrderEvent, Order> Decider = new("order", None, Decide, Evolve);

    /// <summary>What each shipment moved, by its id.</summary>
    public ImmutableDictionary<Guid, ImmutableArray<LineQuantity>> Shipments { get; init; } = ImmutableDictionary<Guid, ImmutableArray<LineQuantity>>.Empty;

    /// <summary>What each return moved, by its id.</summary>
    public ImmutableDictionary<Guid, ImmutableArray<LineQuantity>> Returns { get; init; } = ImmutableDictionary<Guid, ImmutableArray<LineQuantity>>.Empty;

    /// <summary>Whether what was not sent never will be.</summary>
    public bool IsRestCancelled => Lines.Values.Any(l => l.Cancelled > 0);

    /// <summary>Its stream.</summary>
    public static StreamName StreamOf(OrderId id) => StreamName.For("order", id.ToString());

    /// <summary>The order after an event.</summary>
    public static Order Evolve(Order order, OrderEvent @event) => @event switch
    {
        OrderEvent.Placed e => new(OrderStatus.Placed, e.Order, e.Number, e.Total, e.Lines.ToImmutableSortedDictionary(l => l.Line, l => new LineState(l, 0, 0))) { Customer = e.Customer },
        OrderEvent.Confirmed => order with { Status = OrderStatus.Confirmed },
        OrderEvent.Rejected => order with { Status = OrderStatus.Rejected },
        OrderEvent.Cancelled => order with { Status = OrderStatus.Cancelled },
        OrderEvent.RestCancelled e => order.CancelRest(e.Lines),
        OrderEvent.Shipped e => order.Ship(e.Lines) with { Shipments = order.Shipments.Add(e.Shipment, e.Lines) },
        OrderEvent.Completed => order with { Status = OrderStatus.Completed },
        OrderEvent.Returned e => order.TakeBack(e.Lines) with { Returns = order.Returns.Add(e.Return, e.Lines) },
        _ => throw new UnreachableException(),
    };

    /// <summary>What a command leads to.</summary>
    public static Decision<OrderEvent> Decide(OrderCommand command, Order order) => command switch
    {
        OrderCommand.Place when order.Status != OrderStatus.None => OrderRejections.Exists,
        OrderCommand.Place c => OrderPlacing.Decide(c),

        _ when order.Status == OrderStatus.None => OrderRejections.Unknown,

        // Confirm, reject, complete and cancel ask for a state: where it is reached already, nothing is left to do.
        OrderCommand.Confirm when order.Status is OrderStatus.Confirmed or OrderStatus.PartiallyShipped or OrderStatus.Shipped or OrderStatus.Completed or OrderStatus.Returned => Nothing,
        OrderCommand.Confirm when order.Status == OrderStatus.Placed => new OrderEvent.Confirmed(),
        OrderCommand.Reject c when !FreeText.IsValid(c.Detail, ReasonLengthMax) => OrderRejections.ReasonInvalid,
        OrderCommand.Reject when order.Status == OrderStatus.Rejected => Nothing,
        OrderCommand.Reject c when order.Status == OrderStatus.Placed => new OrderEvent.Rejected(c.Reason, c.Detail),
        OrderCommand.Complete when order.Status == OrderStatus.Completed => Nothing,
        OrderCommand.Complete when order.Status == OrderStatus.Shipped => new OrderEvent.Completed(),
        OrderCommand.Cancel c when !FreeText.IsValid(c.Reason, ReasonLengthMax) => OrderRejections.ReasonInvalid,
        OrderCommand.Cancel when order.Status == OrderStatus.Cancelled => Nothing,
        OrderCommand.Cancel c when order.Status is OrderStatus.Placed or OrderStatus.Confirmed => new OrderEvent.Cancelled(c.Reason, c.Cause),

        OrderCommand.CancelRest c when !FreeText.IsValid(c.Reason, ReasonLengthMax) => OrderRejections.ReasonInvalid,
        OrderCommand.CancelRest when order.IsRestCancelled => Nothing,
        OrderCommand.CancelRest c when order.Status == OrderStatus.PartiallyShipped => new OrderEvent.RestCancelled(order.Left(l => l.ToShip), c.Reason, c.Cause),

        // A shipment or a return is known by its id: asking again moves nothing.
        OrderCommand.Ship c when order.Shipments.TryGetValue(c.Shipment, out var moved) => Again(c.Lines, moved),
        OrderCommand.Return c when order.Returns.TryGetValue(c.Id, out var moved) => Again(c.Lines, moved),
        OrderCommand.Ship c when order.Status is OrderStatus.Confirmed or OrderStatus.PartiallyShipped => order.DecideShip(c),
        OrderCommand.Return c when !FreeText.IsValid(c.Reason, ReasonLengthMax) => OrderRejections.ReasonInvalid,
        OrderCommand.Return c when order.Status is OrderStatus.PartiallyShipped or OrderStatus.Shipped or OrderStatus.Completed => order.DecideReturn(c),
        _ => OrderRejections.WrongStatus(order.Status),
    };

    Decision<OrderEvent> DecideShip(OrderCommand.Ship c)
    {
        var lines = c.Lines.IsDefaultOrEmpty ? Left(l => l.ToShip) : c.Lines;
        return IsWithin(lines, l => l.ToShip)
            ? new OrderEvent.Shipped(c.Shipment, lines, Amount(lines, l => l.Shipped))
            : OrderRejections.LineQuantityInvalid;
    }

    Decision<OrderEvent> DecideReturn(OrderCommand.Return c)
    {
        var lines = c.Lines.IsDefaultOrEmpty ? Left(l => l.Returnable) : c.Lines;
        return IsWithin(lines, l => l.Returnable)
            ? new OrderEvent.Returned(c.Id, lines, Amount(lines, l => l.Returned), c.Reason)
            : OrderRejections.LineQuantityInvalid;
    }

    ImmutableArray<LineQuantity> Left(Func<LineState, int> left) =>
        [.. Lines.Where(l => left(l.Value) > 0).Select(l => new LineQuantity(l.Key, left(l.Value)))];

    bool IsWithin(ImmutableArray<LineQuantity> lines, Func<LineState, int> left) =>
        !lines.IsEmpty
        && lines.DistinctBy(l => l.Line).Count() == lines.Length
        && lines.All(l => l.Quantity > 0 && Lines.TryGetValue(l.Line, out var state) && l.Quantity <= left(state));

    Money Amount(ImmutableArray<LineQuantity> lines, Func<LineState, int> before) => lines.Aggregate(
        Money.Zero(Total.Currency),
        (sum, l) => sum + Lines[l.Line].Line.UnitPrice.ChargePart(before(Lines[l.Line]), l.Quantity));

    static Decision<OrderEvent> Again(ImmutableArray<LineQuantity> asked, ImmutableArray<LineQuantity> moved) =>
        asked.IsDefaultOrEmpty || asked.SequenceEqual(moved) ? Nothing : OrderRejections.IdReused;

    Order Ship(ImmutableArray<LineQuantity> lines)
    {
        var shipped = With(lines, (state, units) => state with { Shipped = state.Shipped + units });
        return shipped with { Status = shipped.IsAllShipped ? OrderStatus.Shipped : OrderStatus.PartiallyShipped };
    }

    // What was sent may have come back before: then nothing of the order is left.
    Order CancelRest(ImmutableArray<LineQuantity> lines)
    {
        var ended = With(lines, (state, units) => state with { Cancelled = units });
        return ended with { Status = ended.IsAllBack ? OrderStatus.Returned : OrderStatus.Shipped };
    }

    Order TakeBack(ImmutableArray<LineQuantity> lines)
    {
        var returned = With(lines, (state, units) => state with { Returned = state.Returned + units });
        return returned.IsAllBack ? returned with { Status = OrderStatus.Returned } : returned;
    }

    bool IsAllShipped => Lines.Values.All(l => l.ToShip == 0);

    bool IsAllBack => IsAllShipped && Lines.Values.All(l => l.Returnable == 0);

    Order With(ImmutableArray<LineQuantity> lines, Func<LineState, int, LineState> change) => this with
    {
        Lines = Lines.SetItems(lines.Select(l => KeyValuePair.Create(l.Line, change(Lines[l.Line], l.Quantity)))),
    };
}
