using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;

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
    public record Reserved(OrderId Order, int Quantity, DateTimeOffset ExpiresAt) : StockEvent;

    /// <summary>Units held for an order are free again.</summary>
    [EventName("stock-released.v1")]
    public record Released(OrderId Order, int Quantity, ReleaseReason Reason) : StockEvent;

    /// <summary>Units are kept for a flash sale; 0 where there were none: asked again, stock says the same.</summary>
    [EventName("stock-allocated.v1")]
    public sealed record Allocated(FlashSaleId Sale, int Quantity) : StockEvent;

    /// <summary>Units that are kept for a flash sale are held for an order of it until a moment.</summary>
    [EventName("stock-reserved-in-sale.v1")]
    public sealed record ReservedInSale(FlashSaleId Sale, OrderId Order, int Quantity, DateTimeOffset ExpiresAt) : Reserved(Order, Quantity, ExpiresAt);

    /// <summary>Units held for an order of a flash sale are kept for the sale again.</summary>
    [EventName("stock-released-to-sale.v1")]
    public sealed record ReleasedToSale(FlashSaleId Sale, OrderId Order, int Quantity, ReleaseReason Reason) : Released(Order, Quantity, Reason);

    /// <summary>Units that were kept for a flash sale, and that nobody claimed, are free again. The sale numbers its returns.</summary>
    [EventName("stock-allocation-returned.v1")]
    public sealed record AllocationReturned(FlashSaleId Sale, int Quantity, int Number) : StockEvent;

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
    public sealed record Reserve(OrderId Order, int Quantity, DateTimeOffset ExpiresAt) : StockCommand
    {
        /// <summary>The flash sale out of whose units it is to be; null: out of what is available.</summary>
        public FlashSaleId? Sale { get; init; }
    }

    /// <summary>Keep units for a flash sale, as many as are available where there are fewer. Done once for a sale.</summary>
    public sealed record Allocate(FlashSaleId Sale, int Quantity) : StockCommand;

    /// <summary>Free units of a flash sale that nobody claimed; a return of the sale frees them once.</summary>
    public sealed record ReturnAllocation(FlashSaleId Sale, int Quantity, int Number) : StockCommand;

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

    /// <summary>Fewer units are kept for the sale.</summary>
    public static readonly Rejection NotAllocated = new("not-allocated", "Fewer units than that are kept for the flash sale.");

    /// <summary>Fewer units are free than asked for.</summary>
    public static Rejection OutOfStock(int available) => new Rejection("out-of-stock", "Fewer units are available than asked for.").With("available", available);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StockEvent.Received))]
[JsonSerializable(typeof(StockEvent.Reserved))]
[JsonSerializable(typeof(StockEvent.Released))]
[JsonSerializable(typeof(StockEvent.Allocated))]
[JsonSerializable(typeof(StockEvent.ReservedInSale))]
[JsonSerializable(typeof(StockEvent.ReleasedToSale))]
[JsonSerializable(typeof(StockEvent.AllocationReturned))]
[JsonSerializable(typeof(StockEvent.Shipped))]
[JsonSerializable(typeof(StockEvent.ShippedV1))]
[JsonSerializable(typeof(StockEvent.WrittenOff))]
[JsonSerializable(typeof(StockEvent.Returned))]
[JsonSerializable(typeof(StockEvent.ReturnedV1))]
sealed partial class InventoryJson : JsonSerializerContext;
