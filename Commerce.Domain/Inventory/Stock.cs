using System.Collections.Immutable;
using System.Diagnostics;
using Commerce.Domain.Log;
using static Commerce.Domain.Decision;

namespace Commerce.Domain.Inventory;

/// <summary>Units held for one order. Invariant: 0 &lt; Left &lt;= Quantity.</summary>
/// <param name="Quantity">Units that it was made for.</param>
/// <param name="Left">Units that are still here.</param>
/// <param name="Shipments">What took the others.</param>
/// <param name="Sale">The flash sale that they are kept for otherwise; null: none.</param>
public sealed record Reservation(int Quantity, int Left, ImmutableList<Guid> Shipments, FlashSaleId? Sale = null);

/// <summary>Units of one SKU at one location. Invariant: 0 &lt;= Available &lt;= OnHand, 0 &lt;= Away.</summary>
/// <remarks>
/// A shipment takes its units once and a return brings them once, however often they are asked for. A reservation remembers
/// its shipments as long as it lasts; those of reservations that ended, and returns, are remembered as long as they are among
/// the latest. What comes again after <see cref="RecentMoves.CountMax"/> others: a shipment is refused, for nothing is held for it any more,
/// so no unit leaves twice; a return would be booked again, where as many units are away, and the auditor finds it, for
/// then stock took more back than the order.
/// </remarks>
public sealed record Stock(int OnHand, int ReservedTotal, ImmutableDictionary<OrderId, Reservation> Reservations)
{
    /// <summary>Units that one location can hold, and one command can move.</summary>
    public const int QuantityMax = 1_000_000_000;

    /// <summary>Characters of a reference or reason at most.</summary>
    public const int TextLengthMax = 200;

    /// <summary>Before the first receipt.</summary>
    public static readonly Stock None = new(0, 0, ImmutableDictionary<OrderId, Reservation>.Empty);

    /// <summary>The aggregate.</summary>
    public static readonly Decider<StockCommand, StockEvent, Stock> Decider = new("stock", None, Decide, Evolve) { Shape = StockShape.Shape };

    /// <summary>What is kept for each flash sale that ever had units of it: they are few.</summary>
    public ImmutableDictionary<FlashSaleId, SaleAllocation> Sales { get; init; } = ImmutableDictionary<FlashSaleId, SaleAllocation>.Empty;

    /// <summary>Units that are kept for flash sales and held for no order.</summary>
    public int AllocatedTotal { get; init; }

    /// <summary>Units that were shipped and did not come back.</summary>
    public long Away { get; init; }

    /// <summary>The latest shipments of reservations that ended.</summary>
    public RecentMoves RecentShipments { get; init; } = RecentMoves.None;

    /// <summary>The latest returns.</summary>
    public RecentMoves RecentReturns { get; init; } = RecentMoves.None;

    /// <summary>Units that can be promised.</summary>
    public int Available => OnHand - ReservedTotal - AllocatedTotal;

    /// <summary>Its stream.</summary>
    public static StreamName StreamOf(Sku sku, LocationId location) => StreamName.For("stock", $"{sku}@{location}");

    /// <summary>Stock after an event.</summary>
    public static Stock Evolve(Stock stock, StockEvent @event) => @event switch
    {
        StockEvent.Received e => stock with { OnHand = stock.OnHand + e.Quantity },
        StockEvent.Allocated e => stock with { AllocatedTotal = stock.AllocatedTotal + e.Quantity, Sales = stock.Sales.Add(e.Sale, SaleAllocation.None with { Given = e.Quantity, Left = e.Quantity }) },
        StockEvent.ReservedInSale e => stock.KeepFor(e.Sale, -e.Quantity).Hold(e.Order, e.Quantity, e.Sale),
        StockEvent.ReleasedToSale e => stock.Drop(e.Order, e.Quantity).KeepFor(e.Sale, e.Quantity),
        StockEvent.Reserved e => stock.Hold(e.Order, e.Quantity),
        StockEvent.Released e => stock.Drop(e.Order, e.Quantity),
        StockEvent.AllocationReturned e => stock.KeepFor(e.Sale, -e.Quantity, e.Number),
        StockEvent.Shipped e => stock.Ship(e),
        StockEvent.WrittenOff e => stock with { OnHand = stock.OnHand - e.Quantity },
        StockEvent.Returned e => stock with { OnHand = stock.OnHand + e.Quantity, Away = stock.Away - e.Quantity, RecentReturns = stock.RecentReturns.With(e.Order, e.Return) },
        _ => throw new UnreachableException(),
    };

    /// <summary>What a command leads to.</summary>
    public static Decision<StockEvent> Decide(StockCommand command, Stock stock) => command switch
    {
        StockCommand.Receive { Quantity: <= 0 or > QuantityMax } => StockRejections.QuantityInvalid,
        StockCommand.Receive c when !FreeText.IsValid(c.Reference, TextLengthMax) => StockRejections.TextInvalid,
        StockCommand.Receive c when c.Quantity > QuantityMax - stock.OnHand => StockRejections.TooMany,
        StockCommand.Receive c => new StockEvent.Received(c.Quantity, c.Reference),

        StockCommand.Reserve { Quantity: <= 0 or > QuantityMax } => StockRejections.QuantityInvalid,
        // The order's reservation is its own idempotency key: asking twice changes nothing.
        StockCommand.Reserve c when stock.Reservations.TryGetValue(c.Order, out var held) => c.Quantity < held.Quantity && held.Left == held.Quantity
            ? Release(c.Order, held, held.Quantity - c.Quantity, ReleaseReason.ServedElsewhere)
            : Nothing,
        StockCommand.Reserve { Sale: { } sale } c when c.Quantity > stock.LeftOf(sale) => StockRejections.OutOfStock(stock.LeftOf(sale)),
        StockCommand.Reserve { Sale: { } sale } c => new StockEvent.ReservedInSale(sale, c.Order, c.Quantity, c.ExpiresAt),
        StockCommand.Reserve c when c.Quantity > stock.Available => StockRejections.OutOfStock(stock.Available),
        StockCommand.Reserve c => new StockEvent.Reserved(c.Order, c.Quantity, c.ExpiresAt),

        StockCommand.Release c when stock.Reservations.TryGetValue(c.Order, out var held) => Release(c.Order, held, held.Left, c.Reason),
        StockCommand.Release => Nothing,

        StockCommand.Allocate { Quantity: <= 0 or > QuantityMax } => StockRejections.QuantityInvalid,
        StockCommand.Allocate c when stock.Sales.ContainsKey(c.Sale) => Nothing,
        StockCommand.Allocate c => new StockEvent.Allocated(c.Sale, Math.Min(c.Quantity, stock.Available)),
        StockCommand.ReturnAllocation c when stock.Sales.TryGetValue(c.Sale, out var known) && known.Holds(c.Number) => Nothing,
        StockCommand.ReturnAllocation c when c.Quantity <= 0 || c.Quantity > stock.LeftOf(c.Sale) => StockRejections.NotAllocated,
        StockCommand.ReturnAllocation c => new StockEvent.AllocationReturned(c.Sale, c.Quantity, c.Number),

        StockCommand.Ship { Quantity: <= 0 or > QuantityMax } => StockRejections.QuantityInvalid,
        StockCommand.Ship c when stock.HasShipped(c.Order, c.Shipment) => Nothing,
        StockCommand.Ship c when c.Quantity > (stock.Reservations.GetValueOrDefault(c.Order)?.Left ?? 0) => StockRejections.NotReserved,
        StockCommand.Ship c => new StockEvent.Shipped(c.Order, c.Quantity, c.Shipment),

        StockCommand.WriteOff { Quantity: <= 0 or > QuantityMax } => StockRejections.QuantityInvalid,
        StockCommand.WriteOff c when !FreeText.IsValid(c.Reason, TextLengthMax) => StockRejections.TextInvalid,
        StockCommand.WriteOff c when c.Quantity > stock.Available => StockRejections.OutOfStock(stock.Available),
        StockCommand.WriteOff c => new StockEvent.WrittenOff(c.Quantity, c.Reason),

        StockCommand.Return { Quantity: <= 0 or > QuantityMax } => StockRejections.QuantityInvalid,
        StockCommand.Return c when stock.RecentReturns.Holds(c.Order, c.Id) => Nothing,
        // How many of them are this order's to give back is the order's to know: remembering every order here would never end.
        StockCommand.Return c when c.Quantity > stock.Away => StockRejections.NotShipped,
        StockCommand.Return c when c.Quantity > QuantityMax - stock.OnHand => StockRejections.TooMany,
        StockCommand.Return c => new StockEvent.Returned(c.Order, c.Quantity, c.Id),
        _ => throw new UnreachableException(),
    };

    bool HasShipped(OrderId order, Guid shipment) =>
        (Reservations.TryGetValue(order, out var held) && held.Shipments.Contains(shipment)) || RecentShipments.Holds(order, shipment);

    static StockEvent Release(OrderId order, Reservation held, int quantity, ReleaseReason reason) => held.Sale is { } sale
        ? new StockEvent.ReleasedToSale(sale, order, quantity, reason)
        : new StockEvent.Released(order, quantity, reason);

    int LeftOf(FlashSaleId sale) => Sales.TryGetValue(sale, out var allocation) ? allocation.Left : 0;

    Stock KeepFor(FlashSaleId sale, int quantity, int? number = null)
    {
        var kept = (Sales.GetValueOrDefault(sale) ?? SaleAllocation.None).With(quantity, number);
        return this with { AllocatedTotal = AllocatedTotal + quantity, Sales = Sales.SetItem(sale, kept) };
    }

    Stock Hold(OrderId order, int quantity, FlashSaleId? sale = null) => this with
    {
        ReservedTotal = ReservedTotal + quantity,
        Reservations = Reservations.Add(order, new(quantity, quantity, [], sale)),
    };

    Stock Drop(OrderId order, int quantity) => Keep(order, Reservations[order] with
    {
        Quantity = Reservations[order].Quantity - quantity,
        Left = Reservations[order].Left - quantity,
    });

    Stock Ship(StockEvent.Shipped e)
    {
        var held = Reservations[e.Order];
        var rest = held with { Left = held.Left - e.Quantity, Shipments = e.Shipment is { } id ? held.Shipments.Add(id) : held.Shipments };
        return Keep(e.Order, rest) with { OnHand = OnHand - e.Quantity, Away = Away + e.Quantity };
    }

    // What is left of a reservation; one with nothing left is forgotten, but not at once what it gave.
    Stock Keep(OrderId order, Reservation rest) => this with
    {
        ReservedTotal = ReservedTotal - Reservations[order].Left + rest.Left,
        Reservations = rest.Left == 0 ? Reservations.Remove(order) : Reservations.SetItem(order, rest),
        RecentShipments = rest.Left == 0 ? rest.Shipments.Aggregate(RecentShipments, (recent, shipment) => recent.With(order, shipment)) : RecentShipments,
    };
}
