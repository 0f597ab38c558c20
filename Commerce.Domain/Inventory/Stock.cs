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

    /// <summary>The customer cancelled.</summary>
    OrderCancelled,

    /// <summary>The reservation's time ran out.</summary>
    Expired,
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

    /// <summary>Units held for an order left the house.</summary>
    [EventName("stock-shipped.v1")]
    public sealed record Shipped(OrderId Order, int Quantity) : StockEvent;

    /// <summary>Units are lost, broken or given away.</summary>
    [EventName("stock-written-off.v1")]
    public sealed record WrittenOff(int Quantity, string Reason) : StockEvent;

    /// <summary>Units of a shipped order came back and can be sold again.</summary>
    [EventName("stock-returned.v1")]
    public sealed record Returned(OrderId Order, int Quantity) : StockEvent;
}

/// <summary>What can be asked of stock.</summary>
public abstract record StockCommand
{
    /// <summary>Take units in.</summary>
    public sealed record Receive(int Quantity, string Reference) : StockCommand;

    /// <summary>Hold units for an order.</summary>
    public sealed record Reserve(OrderId Order, int Quantity, DateTimeOffset ExpiresAt) : StockCommand;

    /// <summary>Free what is held for an order.</summary>
    public sealed record Release(OrderId Order, ReleaseReason Reason) : StockCommand;

    /// <summary>Send out units held for an order.</summary>
    public sealed record Ship(OrderId Order, int Quantity) : StockCommand;

    /// <summary>Strike units off.</summary>
    public sealed record WriteOff(int Quantity, string Reason) : StockCommand;

    /// <summary>Take units of a shipped order back.</summary>
    public sealed record Return(OrderId Order, int Quantity) : StockCommand;
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

/// <summary>Units of one SKU at one location. Invariant: 0 &lt;= Available &lt;= OnHand, 0 &lt;= Away.</summary>
public sealed record Stock(int OnHand, int ReservedTotal, ImmutableDictionary<OrderId, int> Reservations)
{
    /// <summary>Units that one location can hold, and one command can move.</summary>
    public const int QuantityMax = 1_000_000_000;

    /// <summary>Characters of a reference or reason at most.</summary>
    public const int TextLengthMax = 200;

    /// <summary>Before the first receipt.</summary>
    public static readonly Stock None = new(0, 0, ImmutableDictionary<OrderId, int>.Empty);

    /// <summary>The aggregate.</summary>
    public static readonly Decider<StockCommand, StockEvent, Stock> Decider = new("stock", None, Decide, Evolve);

    /// <summary>Units that were shipped and did not come back.</summary>
    public long Away { get; init; }

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
        StockEvent.Shipped e => stock.Drop(e.Order, e.Quantity) with { OnHand = stock.OnHand - e.Quantity, Away = stock.Away + e.Quantity },
        StockEvent.WrittenOff e => stock with { OnHand = stock.OnHand - e.Quantity },
        StockEvent.Returned e => stock with { OnHand = stock.OnHand + e.Quantity, Away = stock.Away - e.Quantity },
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
        StockCommand.Reserve c when stock.Reservations.ContainsKey(c.Order) => Nothing,
        StockCommand.Reserve c when c.Quantity > stock.Available => StockRejections.OutOfStock(stock.Available),
        StockCommand.Reserve c => new StockEvent.Reserved(c.Order, c.Quantity, c.ExpiresAt),

        StockCommand.Release c when stock.Reservations.TryGetValue(c.Order, out var held) => new StockEvent.Released(c.Order, held, c.Reason),
        StockCommand.Release => Nothing,

        StockCommand.Ship { Quantity: <= 0 or > QuantityMax } => StockRejections.QuantityInvalid,
        StockCommand.Ship c when c.Quantity > stock.Reservations.GetValueOrDefault(c.Order) => StockRejections.NotReserved,
        StockCommand.Ship c => new StockEvent.Shipped(c.Order, c.Quantity),

        StockCommand.WriteOff { Quantity: <= 0 or > QuantityMax } => StockRejections.QuantityInvalid,
        StockCommand.WriteOff c when !FreeText.IsValid(c.Reason, TextLengthMax) => StockRejections.TextInvalid,
        StockCommand.WriteOff c when c.Quantity > stock.Available => StockRejections.OutOfStock(stock.Available),
        StockCommand.WriteOff c => new StockEvent.WrittenOff(c.Quantity, c.Reason),

        StockCommand.Return { Quantity: <= 0 or > QuantityMax } => StockRejections.QuantityInvalid,
        // How many of them are this order's to give back is the order's to know: remembering every order here would never end.
        StockCommand.Return c when c.Quantity > stock.Away => StockRejections.NotShipped,
        StockCommand.Return c when c.Quantity > QuantityMax - stock.OnHand => StockRejections.TooMany,
        StockCommand.Return c => new StockEvent.Returned(c.Order, c.Quantity),
        _ => throw new UnreachableException(),
    };

    Stock Hold(OrderId order, int quantity) => this with
    {
        ReservedTotal = ReservedTotal + quantity,
        Reservations = Reservations.Add(order, quantity),
    };

    Stock Drop(OrderId order, int quantity)
    {
        var left = Reservations[order] - quantity;
        return this with
        {
            ReservedTotal = ReservedTotal - quantity,
            Reservations = left == 0 ? Reservations.Remove(order) : Reservations.SetItem(order, left),
        };
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StockEvent.Received))]
[JsonSerializable(typeof(StockEvent.Reserved))]
[JsonSerializable(typeof(StockEvent.Released))]
[JsonSerializable(typeof(StockEvent.Shipped))]
[JsonSerializable(typeof(StockEvent.WrittenOff))]
[JsonSerializable(typeof(StockEvent.Returned))]
sealed partial class InventoryJson : JsonSerializerContext;
