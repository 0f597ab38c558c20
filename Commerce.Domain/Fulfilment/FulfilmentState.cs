using System.Collections.Immutable;
using System.Diagnostics;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Domain.Fulfilment;

/// <summary>Where a fulfilment stands.</summary>
public enum FulfilmentPhase
{
    /// <summary>The order is not known yet.</summary>
    None,

    /// <summary>Stock is being reserved.</summary>
    Reserving,

    /// <summary>Stock is held; the payment is not authorised yet.</summary>
    Paying,

    /// <summary>The order is promised; it is shipped and paid part by part.</summary>
    Confirmed,

    /// <summary>What was done is being undone.</summary>
    Undoing,

    /// <summary>Nothing is left of the order.</summary>
    Undone,

    /// <summary>Everything is shipped and paid.</summary>
    Completed,
}

/// <summary>Why a fulfilment is undone.</summary>
/// <param name="Reason">Why the order is rejected; null: it was cancelled.</param>
/// <param name="Detail">One sentence for a person.</param>
public sealed record UndoCause(RejectReason? Reason, string Detail);

/// <summary>All units of one SKU in the order. Invariant: 0 &lt;= Returned &lt;= Shipped &lt;= Quantity.</summary>
/// <param name="Quantity">Units of all its lines.</param>
/// <param name="FirstLine">Its first line: SKUs are served in this order.</param>
/// <param name="Location">Index of the location that is asked for it or serves it.</param>
/// <param name="IsHeld">Whether they are known to be held there.</param>
/// <param name="Shipped">Units that left.</param>
/// <param name="Returned">Units that came back.</param>
public sealed record SkuState(long Quantity, int FirstLine, int Location, bool IsHeld, long Shipped, long Returned);

/// <summary>A shipment or a return, with how far stock and money have followed it.</summary>
/// <param name="Id">Its id; that of its capture or refund as well.</param>
/// <param name="Lines">Units by line.</param>
/// <param name="Amount">What is due for it.</param>
/// <param name="IsStockMoved">Stock has followed.</param>
/// <param name="IsMoneyRequested">The provider is asked.</param>
public sealed record Movement(Guid Id, ImmutableArray<LineQuantity> Lines, Money Amount, bool IsStockMoved, bool IsMoneyRequested);

/// <summary>One order's way through stock and payment: what the process knows.</summary>
public sealed record FulfilmentState
{
    /// <summary>Before anything is heard of the order.</summary>
    public static readonly FulfilmentState None = new();

    /// <summary>The order.</summary>
    public OrderId Order { get; private init; }

    /// <summary>What it costs.</summary>
    public Money Total { get; private init; }

    /// <summary>What the customer pays with.</summary>
    public string? PaymentToken { get; private init; }

    /// <summary>Where stock is looked for.</summary>
    public ImmutableArray<LocationId> Locations { get; private init; } = [];

    /// <summary>How long stock is held.</summary>
    public DateTimeOffset ReservedUntil { get; private init; }

    /// <summary>The SKU of each line.</summary>
    public ImmutableDictionary<int, Sku> SkuOfLine { get; private init; } = ImmutableDictionary<int, Sku>.Empty;

    /// <summary>Each SKU.</summary>
    public ImmutableDictionary<Sku, SkuState> Skus { get; private init; } = ImmutableDictionary<Sku, SkuState>.Empty;

    /// <summary>The order as far as the process knows.</summary>
    public OrderStatus OrderStatus { get; private init; }

    /// <summary>The payment as far as the process knows.</summary>
    public PaymentStatus Payment { get; private init; }

    /// <summary>Why it is undone, or null.</summary>
    public UndoCause? Undo { get; private init; }

    /// <summary>Whether stock went back after that.</summary>
    public bool IsReleased { get; private init; }

    /// <summary>Whether nothing is left to undo.</summary>
    public bool IsUndone { get; private init; }

    /// <summary>Money taken before the process knew the order: past trade.</summary>
    public decimal CapturedBefore { get; private init; }

    /// <summary>Shipments, oldest first.</summary>
    public ImmutableArray<Movement> Shipments { get; private init; } = [];

    /// <summary>Returns, oldest first.</summary>
    public ImmutableArray<Movement> Returns { get; private init; } = [];

    /// <summary>Shipments whose amount the provider took, and returns whose amount it gave back.</summary>
    public ImmutableHashSet<Guid> Settled { get; private init; } = [];

    /// <summary>Whether the order is known.</summary>
    public bool IsStarted => !Skus.IsEmpty;

    /// <summary>Where it stands.</summary>
    public FulfilmentPhase Phase => this switch
    {
        { IsStarted: false } => FulfilmentPhase.None,
        { IsUndone: true } => FulfilmentPhase.Undone,
        { Undo: not null } => FulfilmentPhase.Undoing,
        { OrderStatus: OrderStatus.Completed } => FulfilmentPhase.Completed,
        { OrderStatus: OrderStatus.Confirmed } => FulfilmentPhase.Confirmed,
        _ when Skus.Values.All(s => s.IsHeld) => FulfilmentPhase.Paying,
        _ => FulfilmentPhase.Reserving,
    };

    /// <summary>
    /// Whether nothing is under way: undone, completed, or confirmed and waiting to be shipped, with every shipment paid
    /// and every return given back.
    /// </summary>
    public bool IsSettled =>
        Phase is FulfilmentPhase.Undone or FulfilmentPhase.Completed or FulfilmentPhase.Confirmed
        && Shipments.Concat(Returns).All(m => m.IsStockMoved && IsPaid(m))
        && (Phase != FulfilmentPhase.Confirmed || !IsAllShipped);

    /// <summary>Whether every unit left.</summary>
    public bool IsAllShipped => Skus.Values.All(s => s.Shipped == s.Quantity);

    /// <summary>Its stream.</summary>
    public static StreamName StreamOf(OrderId order) => StreamName.For("fulfilment", order.ToString());

    /// <summary>Whether the money of a shipment or return has moved; nothing is due for an amount of zero.</summary>
    public bool IsPaid(Movement movement) => movement.Amount.Amount == 0 || Settled.Contains(movement.Id);

    /// <summary>The fulfilment after an event.</summary>
    public static FulfilmentState Evolve(FulfilmentState state, FulfilmentEvent @event) => @event switch
    {
        FulfilmentEvent.Started e => state.Start(e.Order, e.Lines, e.Total) with { PaymentToken = e.PaymentToken, Locations = e.Locations, ReservedUntil = e.ReservedUntil },
        FulfilmentEvent.Imported e => state.Start(e.Order, e.Lines, e.Total).AsImported(e.Location),
        FulfilmentEvent.StockReserved e => state with { Skus = state.Skus.SetItems(e.Allocations.Select(a => KeyValuePair.Create(a.Sku, state.Skus[a.Sku] with { IsHeld = true }))) },
        FulfilmentEvent.StockRefused e => state.Refuse(e),
        FulfilmentEvent.StockReleased => state with { IsReleased = true, Skus = state.Skus.SetItems(state.Skus.Select(s => KeyValuePair.Create(s.Key, s.Value with { IsHeld = false }))) },
        FulfilmentEvent.PaymentRequested => state with { Payment = state.Payment == PaymentStatus.None ? PaymentStatus.Requested : state.Payment },
        FulfilmentEvent.PaymentAuthorised => state with { Payment = PaymentStatus.Authorised, IsUndone = false },
        FulfilmentEvent.PaymentDeclined e => state.Fail(RejectReason.PaymentDeclined, e.Code) with { Payment = PaymentStatus.Declined },
        FulfilmentEvent.PaymentExpired => state.Fail(RejectReason.PaymentExpired, "No payment in time.") with { Payment = PaymentStatus.Expired },
        FulfilmentEvent.VoidRequested => state with { Payment = state.Payment == PaymentStatus.Authorised ? PaymentStatus.Voiding : state.Payment },
        FulfilmentEvent.PaymentVoided => state with { Payment = PaymentStatus.Voided },
        FulfilmentEvent.OrderConfirmed => state with { OrderStatus = OrderStatus.Confirmed },
        FulfilmentEvent.OrderRejected => state with { OrderStatus = OrderStatus.Rejected },
        FulfilmentEvent.OrderCancelled => state with { OrderStatus = OrderStatus.Cancelled, Undo = state.Undo ?? new UndoCause(null, "The order was cancelled.") },
        FulfilmentEvent.Undone => state with { IsUndone = true },
        FulfilmentEvent.Completed => state with { OrderStatus = OrderStatus.Completed },

        // Only what was confirmed is shipped: the shipment says so where the confirmation itself has not been heard of.
        FulfilmentEvent.ShipmentNoted e => state with
        {
            Shipments = state.Shipments.Add(new(e.Shipment, e.Lines, e.Amount, IsStockMoved: false, IsMoneyRequested: false)),
            OrderStatus = state.OrderStatus == OrderStatus.Completed ? OrderStatus.Completed : OrderStatus.Confirmed,
        },
        FulfilmentEvent.StockShipped e => state.Move(e.Shipment, state.Shipments, (s, units) => s with { Shipped = s.Shipped + units }) with { Shipments = Mark(state.Shipments, e.Shipment, m => m with { IsStockMoved = true }) },
        FulfilmentEvent.CaptureRequested e => state with { Shipments = Mark(state.Shipments, e.Shipment, m => m with { IsMoneyRequested = true }) },
        FulfilmentEvent.PaymentCaptured e => state with { Settled = state.Settled.Add(e.Shipment) },
        FulfilmentEvent.ReturnNoted e => state with { Returns = state.Returns.Add(new(e.Return, e.Lines, e.Amount, IsStockMoved: false, IsMoneyRequested: false)) },
        FulfilmentEvent.StockReturned e => state.Move(e.Return, state.Returns, (s, units) => s with { Returned = s.Returned + units }) with { Returns = Mark(state.Returns, e.Return, m => m with { IsStockMoved = true }) },
        FulfilmentEvent.RefundRequested e => state with { Returns = Mark(state.Returns, e.Return, m => m with { IsMoneyRequested = true }) },
        FulfilmentEvent.PaymentRefunded e => state with { Settled = state.Settled.Add(e.Return) },
        _ => throw new UnreachableException(),
    };

    /// <summary>Units of a shipment or return by SKU, in the order of the lines.</summary>
    internal IEnumerable<(Sku Sku, long Units)> UnitsOf(Movement movement) =>
        movement.Lines.GroupBy(l => SkuOfLine[l.Line]).Select(g => (g.Key, g.Sum(l => (long)l.Quantity)));

    static ImmutableArray<Movement> Mark(ImmutableArray<Movement> movements, Guid id, Func<Movement, Movement> change) =>
        [.. movements.Select(m => m.Id == id ? change(m) : m)];

    FulfilmentState Start(OrderId order, ImmutableArray<FulfilmentLine> lines, Money total) => this with
    {
        Order = order,
        Total = total,
        OrderStatus = OrderStatus == OrderStatus.None ? OrderStatus.Placed : OrderStatus,
        SkuOfLine = lines.ToImmutableDictionary(l => l.Line, l => l.Sku),
        Skus = lines.GroupBy(l => l.Sku).ToImmutableDictionary(
            g => g.Key,
            g => new SkuState(g.Sum(l => (long)l.Quantity), g.Min(l => l.Line), Location: 0, IsHeld: false, Shipped: 0, Returned: 0)),
    };

    FulfilmentState AsImported(LocationId location) => this with
    {
        Locations = [location],
        Payment = PaymentStatus.Authorised,
        OrderStatus = OrderStatus.Completed,
        CapturedBefore = Total.Amount,
        Skus = Skus.SetItems(Skus.Select(s => KeyValuePair.Create(s.Key, s.Value with { IsHeld = true, Shipped = s.Value.Quantity }))),
    };

    FulfilmentState Refuse(FulfilmentEvent.StockRefused e)
    {
        var next = Skus[e.Allocation.Sku].Location + 1;
        var refused = this with { Skus = Skus.SetItem(e.Allocation.Sku, Skus[e.Allocation.Sku] with { Location = next }) };
        return next < Locations.Length
            ? refused
            : refused.Fail(RejectReason.OutOfStock, $"{e.Allocation.Sku}: {e.Available ?? 0} of {e.Allocation.Quantity} available.");
    }

    FulfilmentState Fail(RejectReason reason, string detail) => this with { Undo = Undo ?? new UndoCause(reason, detail) };

    FulfilmentState Move(Guid id, ImmutableArray<Movement> movements, Func<SkuState, long, SkuState> change) => this with
    {
        Skus = Skus.SetItems(UnitsOf(movements.Single(m => m.Id == id)).Select(u => KeyValuePair.Create(u.Sku, change(Skus[u.Sku], u.Units)))),
    };
}
