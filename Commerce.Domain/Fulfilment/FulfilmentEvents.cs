using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;

namespace Commerce.Domain.Fulfilment;

/// <summary>One line of the order that is fulfilled.</summary>
/// <param name="Line">Number of the line in its order.</param>
/// <param name="Sku">What is sold.</param>
/// <param name="Quantity">Units, 1 or more.</param>
public sealed record FulfilmentLine(int Line, Sku Sku, int Quantity);

/// <summary>Units of one SKU at a location that serves them.</summary>
/// <param name="Sku">What.</param>
/// <param name="Location">Where.</param>
/// <param name="Quantity">Units, 1 or more.</param>
public sealed record Allocation(Sku Sku, LocationId Location, int Quantity);

// Names and fields of these events are the storage format: add a version, never change one.

/// <summary>What happens while an order is fulfilled: the saga's own story, in stream <c>fulfilment-{orderId}</c>.</summary>
public abstract record FulfilmentEvent
{
    /// <summary>The order is known; stock is looked for at these locations, in this order, and held until that moment.</summary>
    [EventName("fulfilment-started.v1")]
    public record Started(
        OrderId Order,
        ImmutableArray<FulfilmentLine> Lines,
        Money Total,
        string? PaymentToken,
        ImmutableArray<LocationId> Locations,
        DateTimeOffset ReservedUntil) : FulfilmentEvent;

    /// <summary>The order is known; its stock comes out of what a flash sale has at that location.</summary>
    [EventName("fulfilment-started-in-sale.v1")]
    public sealed record StartedInSale(
        FlashSaleId Sale,
        OrderId Order,
        ImmutableArray<FulfilmentLine> Lines,
        Money Total,
        string? PaymentToken,
        ImmutableArray<LocationId> Locations,
        DateTimeOffset ReservedUntil) : Started(Order, Lines, Total, PaymentToken, Locations, ReservedUntil);

    /// <summary>
    /// Past trade: everything was shipped from this location and paid. Who imports an order appends this as the stream's
    /// only event, so that a later return finds where the goods belong and that their money was taken.
    /// </summary>
    [EventName("fulfilment-imported.v1")]
    public sealed record Imported(OrderId Order, ImmutableArray<FulfilmentLine> Lines, Money Total, LocationId Location) : FulfilmentEvent;

    /// <summary>These units are held for the order.</summary>
    [EventName("fulfilment-stock-reserved.v1")]
    public sealed record StockReserved(ImmutableArray<Allocation> Allocations) : FulfilmentEvent;

    /// <summary>A location cannot serve these units.</summary>
    [EventName("fulfilment-stock-refused.v1")]
    public sealed record StockRefused(Allocation Allocation, string Code, long? Available) : FulfilmentEvent;

    /// <summary>What was held is free again.</summary>
    [EventName("fulfilment-stock-released.v1")]
    public sealed record StockReleased : FulfilmentEvent;

    /// <summary>The provider is asked to authorise the total.</summary>
    [EventName("fulfilment-payment-requested.v1")]
    public sealed record PaymentRequested : FulfilmentEvent;

    /// <summary>The provider holds the total.</summary>
    [EventName("fulfilment-payment-authorised.v1")]
    public sealed record PaymentAuthorised : FulfilmentEvent;

    /// <summary>The provider's yes came when the payment was given up; the payment lets it go by itself.</summary>
    [EventName("fulfilment-payment-authorised-late.v1")]
    public sealed record PaymentAuthorisedLate : FulfilmentEvent;

    /// <summary>The provider said no.</summary>
    [EventName("fulfilment-payment-declined.v1")]
    public sealed record PaymentDeclined(string Code) : FulfilmentEvent;

    /// <summary>The payment was not made in time.</summary>
    [EventName("fulfilment-payment-expired.v1")]
    public sealed record PaymentExpired : FulfilmentEvent;

    /// <summary>The provider is asked to let go of the total.</summary>
    [EventName("fulfilment-void-requested.v1")]
    public sealed record VoidRequested : FulfilmentEvent;

    /// <summary>The provider let go.</summary>
    [EventName("fulfilment-payment-voided.v1")]
    public sealed record PaymentVoided : FulfilmentEvent;

    /// <summary>The order is promised: its stock is held and its payment authorised.</summary>
    [EventName("fulfilment-order-confirmed.v1")]
    public sealed record OrderConfirmed : FulfilmentEvent;

    /// <summary>The time for which stock is held is over and nothing of the order is shipped: the house calls it off.</summary>
    [EventName("fulfilment-reservation-ran-out.v1")]
    public sealed record ReservationRanOut : FulfilmentEvent;

    /// <summary>The time for which stock is held is over, but the order is on its way: what is left of it stays held.</summary>
    [EventName("fulfilment-reservation-kept.v1")]
    public sealed record ReservationKept : FulfilmentEvent;

    /// <summary>The order is refused.</summary>
    [EventName("fulfilment-order-rejected.v1")]
    public sealed record OrderRejected(RejectReason Reason) : FulfilmentEvent;

    /// <summary>The order was called off.</summary>
    [EventName("fulfilment-order-cancelled.v1")]
    public sealed record OrderCancelled : FulfilmentEvent;

    /// <summary>These units of the order, the rest of it, never will be sent.</summary>
    [EventName("fulfilment-rest-cancelled.v1")]
    public sealed record RestCancelled(ImmutableArray<LineQuantity> Lines) : FulfilmentEvent;

    /// <summary>Every shipment has left and what was held beyond them is free again.</summary>
    [EventName("fulfilment-rest-released.v1")]
    public sealed record RestReleased : FulfilmentEvent;

    /// <summary>The sale offers the units of the claim again, or of the rest of its order.</summary>
    [EventName("fulfilment-claim-returned.v1")]
    public sealed record ClaimReturned : FulfilmentEvent;

    /// <summary>Nothing is left of the order: no stock is held, no money is.</summary>
    [EventName("fulfilment-undone.v1")]
    public sealed record Undone : FulfilmentEvent;

    /// <summary>Units left the house; their amount is due.</summary>
    [EventName("fulfilment-shipment-noted.v1")]
    public sealed record ShipmentNoted(Guid Shipment, ImmutableArray<LineQuantity> Lines, Money Amount) : FulfilmentEvent;

    /// <summary>Which location gives what to the shipment; noted before it is done where a SKU comes from several.</summary>
    [EventName("fulfilment-shipment-planned.v1")]
    public sealed record ShipmentPlanned(Guid Shipment, ImmutableArray<Allocation> Allocations) : FulfilmentEvent;

    /// <summary>The shipment's units are off the books of their locations.</summary>
    [EventName("fulfilment-stock-shipped.v1")]
    public sealed record StockShipped(Guid Shipment) : FulfilmentEvent;

    /// <summary>The provider is asked for the shipment's amount.</summary>
    [EventName("fulfilment-capture-requested.v1")]
    public sealed record CaptureRequested(Guid Shipment) : FulfilmentEvent;

    /// <summary>The provider took the shipment's amount.</summary>
    [EventName("fulfilment-payment-captured.v1")]
    public sealed record PaymentCaptured(Guid Shipment) : FulfilmentEvent;

    /// <summary>Everything is shipped and paid.</summary>
    [EventName("fulfilment-completed.v1")]
    public sealed record Completed : FulfilmentEvent;

    /// <summary>Units came back; their amount is owed to the customer.</summary>
    [EventName("fulfilment-return-noted.v1")]
    public sealed record ReturnNoted(Guid Return, ImmutableArray<LineQuantity> Lines, Money Amount) : FulfilmentEvent;

    /// <summary>Which location gets what of the return; noted before it is done where a SKU came from several.</summary>
    [EventName("fulfilment-return-planned.v1")]
    public sealed record ReturnPlanned(Guid Return, ImmutableArray<Allocation> Allocations) : FulfilmentEvent;

    /// <summary>The returned units are on the books of their locations again.</summary>
    [EventName("fulfilment-stock-returned.v1")]
    public sealed record StockReturned(Guid Return) : FulfilmentEvent;

    /// <summary>The provider is asked to give the return's amount back.</summary>
    [EventName("fulfilment-refund-requested.v1")]
    public sealed record RefundRequested(Guid Return) : FulfilmentEvent;

    /// <summary>The provider gave the return's amount back.</summary>
    [EventName("fulfilment-payment-refunded.v1")]
    public sealed record PaymentRefunded(Guid Return) : FulfilmentEvent;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FulfilmentEvent.Started))]
[JsonSerializable(typeof(FulfilmentEvent.StartedInSale))]
[JsonSerializable(typeof(FulfilmentEvent.ClaimReturned))]
[JsonSerializable(typeof(FulfilmentEvent.Imported))]
[JsonSerializable(typeof(FulfilmentEvent.StockReserved))]
[JsonSerializable(typeof(FulfilmentEvent.StockRefused))]
[JsonSerializable(typeof(FulfilmentEvent.StockReleased))]
[JsonSerializable(typeof(FulfilmentEvent.PaymentRequested))]
[JsonSerializable(typeof(FulfilmentEvent.PaymentAuthorised))]
[JsonSerializable(typeof(FulfilmentEvent.PaymentAuthorisedLate))]
[JsonSerializable(typeof(FulfilmentEvent.PaymentDeclined))]
[JsonSerializable(typeof(FulfilmentEvent.PaymentExpired))]
[JsonSerializable(typeof(FulfilmentEvent.VoidRequested))]
[JsonSerializable(typeof(FulfilmentEvent.PaymentVoided))]
[JsonSerializable(typeof(FulfilmentEvent.OrderConfirmed))]
[JsonSerializable(typeof(FulfilmentEvent.ReservationRanOut))]
[JsonSerializable(typeof(FulfilmentEvent.ReservationKept))]
[JsonSerializable(typeof(FulfilmentEvent.OrderRejected))]
[JsonSerializable(typeof(FulfilmentEvent.OrderCancelled))]
[JsonSerializable(typeof(FulfilmentEvent.RestCancelled))]
[JsonSerializable(typeof(FulfilmentEvent.RestReleased))]
[JsonSerializable(typeof(FulfilmentEvent.Undone))]
[JsonSerializable(typeof(FulfilmentEvent.ShipmentNoted))]
[JsonSerializable(typeof(FulfilmentEvent.ShipmentPlanned))]
[JsonSerializable(typeof(FulfilmentEvent.StockShipped))]
[JsonSerializable(typeof(FulfilmentEvent.CaptureRequested))]
[JsonSerializable(typeof(FulfilmentEvent.PaymentCaptured))]
[JsonSerializable(typeof(FulfilmentEvent.Completed))]
[JsonSerializable(typeof(FulfilmentEvent.ReturnNoted))]
[JsonSerializable(typeof(FulfilmentEvent.ReturnPlanned))]
[JsonSerializable(typeof(FulfilmentEvent.StockReturned))]
[JsonSerializable(typeof(FulfilmentEvent.RefundRequested))]
[JsonSerializable(typeof(FulfilmentEvent.PaymentRefunded))]
sealed partial class FulfilmentJson : JsonSerializerContext;
