using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;

namespace Commerce.Domain.Orders;

/// <summary>One line of an order: a SKU at the price of the moment when it was placed.</summary>
/// <param name="Line">Number of the line in its order, from 1.</param>
/// <param name="Sku">What is sold.</param>
/// <param name="Name">Its name then.</param>
/// <param name="Quantity">Units, 1 or more.</param>
/// <param name="UnitPrice">Price of one, up to four decimals.</param>
public sealed record OrderLine(int Line, Sku Sku, string Name, int Quantity, Money UnitPrice);

/// <summary>Whence the units of an order come that was claimed in a flash sale.</summary>
/// <param name="Sale">The sale.</param>
/// <param name="Location">Where it has them.</param>
public sealed record SaleSource(FlashSaleId Sale, LocationId Location);

/// <summary>Some units of one line.</summary>
/// <param name="Line">Number of the line in its order.</param>
/// <param name="Quantity">Units, 1 or more.</param>
public sealed record LineQuantity(int Line, int Quantity);

/// <summary>Where an order came from.</summary>
public enum OrderOrigin
{
    /// <summary>A client placed it; it is fulfilled from here on.</summary>
    Client,

    /// <summary>Past trade, fulfilled elsewhere; its story is imported whole.</summary>
    Import,
}

/// <summary>Why an order could not be fulfilled.</summary>
public enum RejectReason
{
    /// <summary>Not every line could be reserved.</summary>
    OutOfStock,

    /// <summary>The provider declined the payment.</summary>
    PaymentDeclined,

    /// <summary>The payment was not made in time.</summary>
    PaymentExpired,
}

/// <summary>Who calls an order off.</summary>
public enum CancelCause
{
    /// <summary>The customer does not want it any more.</summary>
    Customer,

    /// <summary>The house: it was not shipped before its reservation ran out.</summary>
    ReservationExpired,

    /// <summary>The house: what is left can never be sent.</summary>
    House,
}

// Names and fields of these events are the storage format: add a version, never change one.

/// <summary>What happens to an order.</summary>
public abstract record OrderEvent
{
    /// <summary>The customer wants these lines for this total.</summary>
    [EventName("order-placed.v1")]
    public record Placed(
        OrderId Order,
        long Number,
        CustomerId? Customer,
        string? Country,
        string? PaymentToken,
        OrderOrigin Origin,
        ImmutableArray<OrderLine> Lines,
        Money Total) : OrderEvent;

    /// <summary>The customer claimed this in a flash sale, which has the units at this location.</summary>
    [EventName("order-placed-in-sale.v1")]
    public sealed record PlacedInSale(
        FlashSaleId Sale,
        LocationId Location,
        OrderId Order,
        long Number,
        CustomerId? Customer,
        string? Country,
        string? PaymentToken,
        OrderOrigin Origin,
        ImmutableArray<OrderLine> Lines,
        Money Total) : Placed(Order, Number, Customer, Country, PaymentToken, Origin, Lines, Total);

    /// <summary>Stock is reserved and the payment authorised: it will be delivered.</summary>
    [EventName("order-confirmed.v1")]
    public sealed record Confirmed : OrderEvent;

    /// <summary>It cannot be fulfilled.</summary>
    [EventName("order-rejected.v1")]
    public sealed record Rejected(RejectReason Reason, string Detail) : OrderEvent;

    /// <summary>It was called off.</summary>
    [EventName("order-cancelled.v2")]
    public sealed record Cancelled(string Reason, CancelCause Cause) : OrderEvent;

    /// <summary>As written when only customers called orders off.</summary>
    [EventName("order-cancelled.v1")]
    public sealed record CancelledV1(string Reason) : OrderEvent, IOldVersion
    {
        /// <inheritdoc/>
        public object Upcast() => new Cancelled(Reason, CancelCause.Customer);
    }

    /// <summary>These units, all that had not been sent, never will be: what was sent is all of it.</summary>
    [EventName("order-rest-cancelled.v1")]
    public sealed record RestCancelled(ImmutableArray<LineQuantity> Lines, string Reason, CancelCause Cause) : OrderEvent;

    /// <summary>Some or all of it left the house; the amount is due now.</summary>
    [EventName("order-shipped.v1")]
    public sealed record Shipped(Guid Shipment, ImmutableArray<LineQuantity> Lines, Money Amount) : OrderEvent;

    /// <summary>All of it is delivered and paid.</summary>
    [EventName("order-completed.v1")]
    public sealed record Completed : OrderEvent;

    /// <summary>Some or all of what was shipped comes back; the amount is owed to the customer.</summary>
    [EventName("order-returned.v1")]
    public sealed record Returned(Guid Return, ImmutableArray<LineQuantity> Lines, Money Amount, string Reason) : OrderEvent;
}

/// <summary>What can be asked of an order.</summary>
public abstract record OrderCommand
{
    /// <summary>Place it; the lines are priced, numbered from 1 in the order in which they stand.</summary>
    public sealed record Place(
        OrderId Order,
        long Number,
        Currency Currency,
        CustomerId? Customer,
        string? Country,
        string? PaymentToken,
        OrderOrigin Origin,
        ImmutableArray<OrderLine> Lines) : OrderCommand
    {
        /// <summary>The flash sale that it was claimed in; null: none.</summary>
        public SaleSource? Sale { get; init; }
    }

    /// <summary>Promise to deliver it.</summary>
    public sealed record Confirm : OrderCommand;

    /// <summary>Refuse to deliver it.</summary>
    public sealed record Reject(RejectReason Reason, string Detail) : OrderCommand;

    /// <summary>
    /// Call it off. Whole, before anything of it is shipped: of an order that is on its way, the rest is called off.
    /// </summary>
    public sealed record Cancel(string Reason, CancelCause Cause = CancelCause.Customer) : OrderCommand;

    /// <summary>Call off what was not sent of an order of which a part was: it ends with what was sent.</summary>
    public sealed record CancelRest(string Reason, CancelCause Cause = CancelCause.Customer) : OrderCommand;

    /// <summary>Send out these units; no lines means all that is left.</summary>
    public sealed record Ship(Guid Shipment, ImmutableArray<LineQuantity> Lines) : OrderCommand;

    /// <summary>Close it: everything is shipped and paid.</summary>
    public sealed record Complete : OrderCommand;

    /// <summary>Take these units back; no lines means all that was shipped and is not back yet.</summary>
    public sealed record Return(Guid Id, ImmutableArray<LineQuantity> Lines, string Reason) : OrderCommand;
}

/// <summary>Why a command to an order is refused.</summary>
public static class OrderRejections
{
    /// <summary>No such order.</summary>
    public static readonly Rejection Unknown = new("order-unknown", "There is no such order.", RejectionKind.NotFound);

    /// <summary>The id is taken.</summary>
    public static readonly Rejection Exists = new("order-exists", "The order is placed already.", RejectionKind.Conflict);

    /// <summary>No lines, or too many.</summary>
    public static readonly Rejection LinesInvalid = new("lines-invalid", $"An order has 1 to {Order.LinesMax} lines.");

    /// <summary>Not a quantity.</summary>
    public static readonly Rejection QuantityInvalid = new("quantity-invalid", $"A quantity is a whole number from 1 to {Order.QuantityMax}.");

    /// <summary>Not a price.</summary>
    public static readonly Rejection PriceInvalid = new("price-invalid", $"A price is zero or more, with at most {Money.UnitPriceDecimalsMax} decimals.");

    /// <summary>One order, one currency.</summary>
    public static readonly Rejection CurrencyMismatch = new("currency-mismatch", "Every line of an order is priced in the order's currency.");

    /// <summary>Beyond what an amount can be.</summary>
    public static readonly Rejection TotalTooLarge = new("total-too-large", $"An order's total is at most {Money.AmountMax}.");

    /// <summary>A reason is too long or empty.</summary>
    public static readonly Rejection ReasonInvalid = new("reason-invalid", $"A reason has 1 to {Order.ReasonLengthMax} characters, none of them a control character.");

    /// <summary>Not a name.</summary>
    public static readonly Rejection NameInvalid = new("name-invalid", $"The name on a line has 1 to {Order.NameLengthMax} characters, none of them a control character.");

    /// <summary>Not a country.</summary>
    public static readonly Rejection CountryInvalid = new("country-invalid", $"A country, where there is one, has 1 to {Order.CountryLengthMax} characters, none of them a control character.");

    /// <summary>Not a token.</summary>
    public static readonly Rejection PaymentTokenInvalid = new("payment-token-invalid", $"A payment token, where there is one, has 1 to {TradeLimits.PaymentTokenLengthMax} characters, none of them a control character.");

    /// <summary>The lines together are beyond what one event can hold.</summary>
    public static readonly Rejection TextTooLarge = new("order-too-large", "The lines of the order are more than one event can hold; place it as two orders.");

    /// <summary>A shipment or return of this id moved other units.</summary>
    public static readonly Rejection IdReused = new("id-reused", "The id stands for other units already.", RejectionKind.Conflict);

    /// <summary>More than is left of a line, or no such line, or one line twice.</summary>
    public static readonly Rejection LineQuantityInvalid = new("line-quantity-invalid", "A line is named once, exists, and has that many units left.");

    /// <summary>Too late to confirm, reject, ship or complete it.</summary>
    public static Rejection WrongStatus(OrderStatus status) =>
        new("order-status", $"An order that is {status.ToString().ToLowerInvariant()} does not allow that.", RejectionKind.Conflict);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(OrderEvent.Placed))]
[JsonSerializable(typeof(OrderEvent.PlacedInSale))]
[JsonSerializable(typeof(OrderEvent.Confirmed))]
[JsonSerializable(typeof(OrderEvent.Rejected))]
[JsonSerializable(typeof(OrderEvent.Cancelled))]
[JsonSerializable(typeof(OrderEvent.CancelledV1))]
[JsonSerializable(typeof(OrderEvent.RestCancelled))]
[JsonSerializable(typeof(OrderEvent.Shipped))]
[JsonSerializable(typeof(OrderEvent.Completed))]
[JsonSerializable(typeof(OrderEvent.Returned))]
sealed partial class OrdersJson : JsonSerializerContext;
