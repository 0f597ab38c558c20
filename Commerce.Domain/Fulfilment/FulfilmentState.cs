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

/// <summary>One order's way through stock and payment: what the process knows.</summary>
public sealed record FulfilmentState
{
    /// <summary>Before anything is heard of the order.</summary>
    public static readonly FulfilmentState None = new();

    /// <summary>The order.</summary>
    public OrderId Order { get; private init; }

    /// <summary>The flash sale that it was claimed in; null: none.</summary>
    public FlashSaleId? Sale { get; private init; }

    /// <summary>Whether that sale offers its units, or those of its rest, again.</summary>
    public bool IsClaimReturned { get; private init; }

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

    /// <summary>Whether the house calls the order off, because the time of its reservation is over.</summary>
    public bool HasRunOut { get; private init; }

    /// <summary>Whether what is left of the order stays held beyond that time.</summary>
    public bool IsKept { get; private init; }

    /// <summary>Units by line that never will be sent; empty: all are to be.</summary>
    public ImmutableArray<LineQuantity> Rest { get; private init; } = [];

    /// <summary>Whether stock of those is free again.</summary>
    public bool IsRestReleased { get; private init; }

    /// <summary>Whether nothing is left to undo.</summary>
    public bool IsUndone { get; private init; }

    /// <summary>Money taken before the process knew the order: past trade.</summary>
    public decimal CapturedBefore { get; private init; }

    /// <summary>Shipments, oldest first.</summary>
    public ImmutableArray<Movement> Shipments { get; private init; } = [];

    /// <summary>Returns, oldest first.</summary>
    public ImmutableArray<Movement> Returns { get; private init; } = [];

    /// <summary>Shipments whose amount the provider took.</summary>
    public ImmutableHashSet<Guid> Captured { get; private init; } = [];

    /// <summary>Returns whose amount the provider gave back.</summary>
    public ImmutableHashSet<Guid> Refunded { get; private init; } = [];

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
        && Shipments.All(m => m.IsStockMoved && IsPaid(m))
        && Returns.All(m => m.IsStockMoved && IsGivenBack(m))
        && (Phase != FulfilmentPhase.Confirmed || !IsAllShipped);

    /// <summary>Whether every unit left that is to be sent.</summary>
    public bool IsAllShipped => Skus.Values.All(s => s.Shipped == s.Quantity - s.Cancelled);

    /// <summary>Whether the rest is called off and still held.</summary>
    public bool IsRestHeld => !Rest.IsEmpty && !IsRestReleased;

    /// <summary>Its stream.</summary>
    public static StreamName StreamOf(OrderId order) => StreamName.For("fulfilment", order.ToString());

    /// <summary>Whether the money of a shipment was taken; nothing is due for an amount of zero.</summary>
    public bool IsPaid(Movement shipment) => shipment.Amount.Amount == 0 || Captured.Contains(shipment.Id);

    /// <summary>Whether the money of a return was given back; nothing is owed for an amount of zero.</summary>
    public bool IsGivenBack(Movement back) => back.Amount.Amount == 0 || Refunded.Contains(back.Id);

    /// <summary>The fulfilment after an event.</summary>
    public static FulfilmentState Evolve(FulfilmentState state, FulfilmentEvent @event) => @event switch
    {
        FulfilmentEvent.Started e => (state.Start(e.Order, e.Lines, e.Total) with { PaymentToken = e.PaymentToken, Locations = e.Locations, ReservedUntil = e.ReservedUntil, Sale = (e as FulfilmentEvent.StartedInSale)?.Sale }).WithoutRest(),
        FulfilmentEvent.Imported e => state.Start(e.Order, e.Lines, e.Total).AsImported(e.Location),
        FulfilmentEvent.StockReserved e => e.Allocations.Aggregate(state, (s, a) => s.Serve(a)),
        FulfilmentEvent.StockRefused e => state.Refuse(e),
        FulfilmentEvent.StockReleased => state with { IsReleased = true },
        FulfilmentEvent.PaymentRequested => state with { Payment = state.Payment == PaymentStatus.None ? PaymentStatus.Requested : state.Payment },
        FulfilmentEvent.PaymentAuthorised => state with { Payment = PaymentStatus.Authorised, IsUndone = false },

        // It was expired or declined before, whether or not word of that has come.
        FulfilmentEvent.PaymentAuthorisedLate when state.Payment == PaymentStatus.Voided => state.Fail(RejectReason.PaymentExpired, "No payment in time."),
        FulfilmentEvent.PaymentAuthorisedLate => state.Fail(RejectReason.PaymentExpired, "No payment in time.") with { Payment = PaymentStatus.Voiding, IsUndone = false },
        FulfilmentEvent.PaymentDeclined e => state.Fail(RejectReason.PaymentDeclined, e.Code) with { Payment = PaymentStatus.Declined },
        FulfilmentEvent.PaymentExpired => state.Fail(RejectReason.PaymentExpired, "No payment in time.") with { Payment = PaymentStatus.Expired },
        FulfilmentEvent.VoidRequested => state with { Payment = state.Payment == PaymentStatus.Authorised ? PaymentStatus.Voiding : state.Payment },
        FulfilmentEvent.PaymentVoided => state with { Payment = PaymentStatus.Voided },
        FulfilmentEvent.OrderConfirmed => state with { OrderStatus = OrderStatus.Confirmed },
        FulfilmentEvent.ReservationRanOut => state with { HasRunOut = true },
        FulfilmentEvent.ReservationKept => state with { IsKept = true },

        // Earlier versions gave an order up where this one looks on: what it ended with counts.
        FulfilmentEvent.OrderRejected e => state.Fail(e.Reason, "The order was rejected.") with { OrderStatus = OrderStatus.Rejected },
        FulfilmentEvent.OrderCancelled => state with
        {
            OrderStatus = OrderStatus.Cancelled,
            Undo = state.Undo ?? new UndoCause(null, "The order was cancelled.", state.HasRunOut ? CancelCause.ReservationExpired : CancelCause.Customer),
        },

        // Only of what was confirmed and shipped in part a rest is called off.
        FulfilmentEvent.RestCancelled e => (state with
        {
            Rest = e.Lines,
            OrderStatus = state.OrderStatus == OrderStatus.Completed ? OrderStatus.Completed : OrderStatus.Confirmed,
        }).WithoutRest(),
        FulfilmentEvent.RestReleased => state with { IsRestReleased = true },
        FulfilmentEvent.ClaimReturned => state with { IsClaimReturned = true },
        FulfilmentEvent.Undone => state with { IsUndone = true },
        FulfilmentEvent.Completed => state with { OrderStatus = OrderStatus.Completed },

        // Only what was confirmed is shipped: the shipment says so where the confirmation itself has not been heard of.
        FulfilmentEvent.ShipmentNoted e => state with
        {
            Shipments = state.Shipments.Add(Movement.Noted(e.Shipment, e.Lines, e.Amount)),
            OrderStatus = state.OrderStatus == OrderStatus.Completed ? OrderStatus.Completed : OrderStatus.Confirmed,
        },
        FulfilmentEvent.ShipmentPlanned e => state with { Shipments = Mark(state.Shipments, e.Shipment, m => m with { Plan = e.Allocations }) },
        FulfilmentEvent.StockShipped e => state.Move(e.Shipment, state.Shipments, (p, units) => p with { Shipped = p.Shipped + units }) with { Shipments = Mark(state.Shipments, e.Shipment, m => m with { IsStockMoved = true }) },
        FulfilmentEvent.CaptureRequested e => state with { Shipments = Mark(state.Shipments, e.Shipment, m => m with { IsMoneyRequested = true }) },
        FulfilmentEvent.PaymentCaptured e => state with { Captured = state.Captured.Add(e.Shipment) },
        FulfilmentEvent.ReturnNoted e => state with { Returns = state.Returns.Add(Movement.Noted(e.Return, e.Lines, e.Amount)) },
        FulfilmentEvent.ReturnPlanned e => state with { Returns = Mark(state.Returns, e.Return, m => m with { Plan = e.Allocations }) },
        FulfilmentEvent.StockReturned e => state.Move(e.Return, state.Returns, (p, units) => p with { Returned = p.Returned + units }) with { Returns = Mark(state.Returns, e.Return, m => m with { IsStockMoved = true }) },
        FulfilmentEvent.RefundRequested e => state with { Returns = Mark(state.Returns, e.Return, m => m with { IsMoneyRequested = true }) },
        FulfilmentEvent.PaymentRefunded e => state with { Refunded = state.Refunded.Add(e.Return) },
        _ => throw new UnreachableException(),
    };

    /// <summary>Units of a shipment or return by SKU, in the order of the lines.</summary>
    internal IEnumerable<(Sku Sku, long Units)> UnitsOf(Movement movement) =>
        movement.Lines.GroupBy(l => SkuOfLine[l.Line]).Select(g => (g.Key, g.Sum(l => (long)l.Quantity)));

    /// <summary>
    /// Who serves a SKU. What is confirmed is held: where word of that was lost in a crash, it is the location that is asked
    /// for all of it. What is held in parts is never lost, for it is in the log before anything is done about it.
    /// </summary>
    internal ImmutableArray<StockPart> Served(Sku sku) => Skus[sku] switch
    {
        { IsHeld: false } asked when asked.Found.Length < Locations.Length => [new(Locations[asked.Found.Length], asked.Quantity, 0, 0)],
        var held => held.Parts,
    };

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
            g => new SkuState(g.Sum(l => (long)l.Quantity), g.Min(l => l.Line), Parts: [], Found: [])),
    };

    // Whichever is heard first: the order with its lines, or that some of them are called off.
    FulfilmentState WithoutRest() => IsStarted
        ? Rest.Aggregate(this, (state, l) => state.With(SkuOfLine[l.Line], state.Skus[SkuOfLine[l.Line]] with { Cancelled = state.Skus[SkuOfLine[l.Line]].Cancelled + l.Quantity }))
        : this;

    FulfilmentState AsImported(LocationId location) => this with
    {
        Locations = [location],
        Payment = PaymentStatus.Authorised,
        OrderStatus = OrderStatus.Completed,
        CapturedBefore = Total.Amount,
        Skus = Skus.SetItems(Skus.Select(s => KeyValuePair.Create(s.Key, s.Value with { Parts = [new(location, s.Value.Quantity, s.Value.Quantity, 0)] }))),
    };

    FulfilmentState Serve(Allocation a) => Skus[a.Sku].IsServedBy(a.Location) ? this : With(a.Sku, Skus[a.Sku] with { Parts = Skus[a.Sku].Parts.Add(new(a.Location, a.Quantity, 0, 0)) });

    FulfilmentState Refuse(FulfilmentEvent.StockRefused e)
    {
        var sku = Skus[e.Allocation.Sku].Refused(Locations, e.Allocation, e.Available ?? 0);
        var refused = With(e.Allocation.Sku, sku);
        var reach = sku.WithinReach(Locations);
        return sku.Found.Length < Locations.Length || reach >= sku.Quantity
            ? refused
            : refused.Fail(RejectReason.OutOfStock, $"{e.Allocation.Sku}: {reach} of {sku.Quantity} available.");
    }

    FulfilmentState Fail(RejectReason reason, string detail) => this with { Undo = Undo ?? new UndoCause(reason, detail) };

    FulfilmentState Move(Guid id, ImmutableArray<Movement> movements, Func<StockPart, long, StockPart> change)
    {
        var moved = movements.Single(m => m.Id == id);
        return FulfilmentPlan.Allocations(this, moved).Aggregate(this, (state, a) => state.With(a.Sku, state.Skus[a.Sku] with
        {
            Parts = [.. state.Served(a.Sku).Select(p => p.Location == a.Location ? change(p, a.Quantity) : p)],
        }));
    }

    FulfilmentState With(Sku sku, SkuState state) => this with { Skus = Skus.SetItem(sku, state) };
}
