using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;
using static Commerce.Domain.Decision;

namespace Commerce.Domain.Inventory;

/// <summary>Why reserved units go back.</summary>
public enum ReleaseReason
{
    /// <summary>The order was rejected: something else of it was missing, or its payment was declined.</summary>
    OrderRejected,

    /// <summary>The order was called off, or what was left of it.</summary>
    OrderCancelled,

    /// <summary>The reservation's time ran out.</summary>
    Expired,

    /// <summary>The order is served from elsewhere: less is wanted here, or nothing.</summary>
    ServedElsewhere,
}

// Names and fields of these events are the storage format: add a version, never change one.

/// <summary>What happens to the stock of one SKU at one location.</summary>
public abstract record StockEvent
{
    /// <summary>Units came in.</summary>
    [EventName("stock-received.v1")]
    public sealed record Received(int Quantity, string Reference) : StockEvent;

    /// <summary>Units are held for an order until a moment.</summary>
    [EventName("stock-reserved.v1")]
    public sealed record Reserved(OrderId Order, int Quantity, DateTimeOffset ExpiresAt) : StockEvent;

    /// <summary>Units held for an order are free again.</summary>
    [EventName("stock-released.v1")]
    public sealed record Released(OrderId Order, int Quantity, ReleaseReason Reason) : StockEvent;

    /// <summary>Units held for an order left the house. The shipment is null where the log is older than version 2.</summary>
    [EventName("stock-shipped.v2")]
    public sealed record Shipped(OrderId Order, int Quantity, Guid? Shipment) : StockEvent;

    /// <summary>As written before shipments were named.</summary>
    [EventName("stock-shipped.v1")]
    public sealed record ShippedV1(OrderId Order, int Quantity) : StockEvent, IOldVersion
    {
        /// <inheritdoc/>
        public object Upcast() => new Shipped(Order, Quantity, null);
    }

    /// <summary>Units are lost, broken or given away.</summary>
    [EventName("stock-written-off.v1")]
    public sealed record WrittenOff(int Quantity, string Reason) : StockEvent;

    /// <summary>Units of a shipped order came back and can be sold again. The return is null where the log is older than version 2.</summary>
    [EventName("stock-returned.v2")]
    public sealed record Returned(OrderId Order, int Quantity, Guid? Return) : StockEvent;

    /// <summary>As written before returns were named.</summary>
    [EventName("stock-returned.v1")]
    public sealed record ReturnedV1(OrderId Order, int Quantity) : StockEvent, IOldVersion
    {
        /// <inheritdoc/>
        public object Upcast() => new Returned(Order, Quantity, null);
    }
}

/// <summary>What can be asked of stock.</summary>
public abstract record StockCommand
{
    /// <summary>Take units in.</summary>
    public sealed record Receive(int Quantity, string Reference) : StockCommand;

    /// <summary>
    /// Hold that many units for an order. Whoever looks for units at several locations asks each for less as it learns more:
    /// so a smaller quantity than is held frees the rest, and a larger one is an old question that comes late.
    /// </summary>
    public sealed record Reserve(OrderId Order, int Quantity, DateTimeOffset ExpiresAt) : StockCommand;

    /// <summary>Free what is held for an order.</summary>
    public sealed record Release(OrderId Order, ReleaseReason Reason) : StockCommand;

    /// <summary>Send out units held for an order; a shipment takes from here once.</summary>
    public sealed record Ship(OrderId Order, int Quantity, Guid Shipment) : StockCommand;

    /// <summary>Strike units off.</summary>
    public sealed record WriteOff(int Quantity, string Reason) : StockCommand;

    /// <summary>Take units of a shipped order back; a return brings to here once.</summary>
    public sealed record Return(OrderId Order, int Quantity, Guid Id) : StockCommand;
}

/// <summary>Why a command to stock is refused.</summary>
public static class StockRejections
{
    /// <summary>Zero, negative or beyond what can be counted.</summary>
    public static readonly Rejection QuantityInvalid = new("quantity-invalid", $"A quantity is a whole number from 1 to {Stock.QuantityMax}.");

    /// <summary>The order holds no such units.</summary>
    public static readonly Rejection NotReserved = new("not-reserved", "The order holds fewer units than that.");

    /// <summary>More comes back than ever left.</summary>
    public static readonly Rejection NotShipped = new("not-shipped", "Fewer units than that were shipped and are not back yet.");

    /// <summary>A reference or reason is too long or empty.</summary>
    public static readonly Rejection TextInvalid = new("text-invalid", $"A reference or reason has 1 to {Stock.TextLengthMax} characters, none of them a control character.");

    /// <summary>The location would hold more than can be counted.</summary>
    public static readonly Rejection TooMany = new("stock-too-large", $"A location holds at most {Stock.QuantityMax} units of a SKU.");

    /// <summary>Fewer units are free than asked for.</summary>
    public static Rejection OutOfStock(int available) => new Rejection("out-of-stock", "Fewer units are available than asked for.").With("available", available);
}

/// <summary>Units held for one order. Invariant: 0 &lt; Left &lt;= Quantity.</summary>
/// <param name="Quantity">Units that it was made for.</param>
/// <param name="Left">Units that are still here.</param>
/// <param name="Shipments">What took the others.</param>
public sealed record Reservation(int Quantity, int Left, ImmutableList<Guid> Shipments);

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
    public static readonly Decider<StockCommand, StockEvent, Stock> Decider = new("stock", None, Decide, Evolve);

    /// <summary>Units that were shipped and did not come back.</summary>
    public long Away { get; init; }

    /// <summary>The latest shipments of reservations that ended.</summary>
    public RecentMoves RecentShipments { get; init; } = RecentMoves.None;

    /// <summary>The latest returns.</summary>
    public RecentMoves RecentReturns { get; init; } = RecentMoves.None;

    /// <summary>Units that can be promised.</summary>
    public int Available => OnHand - ReservedTotal;

    /// <summary>Its stream.</summary>
    public static StreamName StreamOf(Sku sku, LocationId location) => StreamName.For("stock", $"{sku}@{location}");

    /// <summary>Stock after an event.</summary>
    public static Stock Evolve(Stock stock, StockEvent @event) => @event switch
    {
        StockEvent.Received e => stock with { OnHand = stock.OnHand + e.Quantity },
        StockEvent.Reserved e => stock.Hold(e.Order, e.Quantity),
        StockEvent.Released e => stock.Drop(e.Order, e.Quantity),
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
            ? new StockEvent.Released(c.Order, held.Quantity - c.Quantity, ReleaseReason.ServedElsewhere)
            : Nothing,
        StockCommand.Reserve c when c.Quantity > stock.Available => StockRejections.OutOfStock(stock.Available),
        StockCommand.Reserve c => new StockEvent.Reserved(c.Order, c.Quantity, c.ExpiresAt),

        StockCommand.Release c when stock.Reservations.TryGetValue(c.Order, out var held) => new StockEvent.Released(c.Order, held.Left, c.Reason),
        StockCommand.Release => Nothing,

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

    Stock Hold(OrderId order, int quantity) => this with
    {
        ReservedTotal = ReservedTotal + quantity,
        Reservations = Reservations.Add(order, new(quantity, quantity, [])),
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

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StockEvent.Received))]
[JsonSerializable(typeof(StockEvent.Reserved))]
[JsonSerializable(typeof(StockEvent.Released))]
[JsonSerializable(typeof(StockEvent.Shipped))]
[JsonSerializable(typeof(StockEvent.ShippedV1))]
[JsonSerializable(typeof(StockEvent.WrittenOff))]
[JsonSerializable(typeof(StockEvent.Returned))]
[JsonSerializable(typeof(StockEvent.ReturnedV1))]
sealed partial class InventoryJson : JsonSerializerContext;
