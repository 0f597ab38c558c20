using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;

namespace Commerce.Domain.FlashSales;

/// <summary>Units that one location gives to a sale.</summary>
/// <param name="Location">Where.</param>
/// <param name="Quantity">Units, 1 or more.</param>
public sealed record SalePart(LocationId Location, int Quantity);

/// <summary>Why the units of a claim are offered again.</summary>
public enum ClaimReturnReason
{
    /// <summary>It was not paid in time.</summary>
    Unpaid,

    /// <summary>Its order, or the rest of it, was undone.</summary>
    OrderUndone,
}

// Names and fields of these events are the storage format: add a version, never change one.
// A hot sale writes one claim a customer: that event is kept small, nulls are left out.

/// <summary>What happens to a flash sale.</summary>
public abstract record FlashSaleEvent
{
    /// <summary>So many units of a SKU will be offered at this price, between these moments.</summary>
    [EventName("flash-sale-announced.v1")]
    public sealed record Announced(
        FlashSaleId Sale,
        Sku Sku,
        string Name,
        int Units,
        Money UnitPrice,
        DateTimeOffset Opens,
        DateTimeOffset Closes,
        int UnitsPerCustomer,
        int MinutesToPay) : FlashSaleEvent;

    /// <summary>The sale is spread over several streams, of which this is one.</summary>
    /// <param name="Number">Which, from 0.</param>
    /// <param name="Of">How many there are, 2 or more.</param>
    [EventName("flash-sale-sharded.v1")]
    public sealed record Sharded(int Number, int Of) : FlashSaleEvent;

    /// <summary>Stock gave these units to the sale: they are what it offers, perhaps fewer than were announced.</summary>
    [EventName("flash-sale-stocked.v1")]
    public sealed record Stocked(ImmutableArray<SalePart> Parts) : FlashSaleEvent;

    /// <summary>Units are a customer's. The claim's id is that of the order that it becomes.</summary>
    /// <param name="Claim">Its id.</param>
    /// <param name="Customer">Whose.</param>
    /// <param name="Quantity">Units, 1 or more.</param>
    /// <param name="Place">How many claims there are with it: first come, first served.</param>
    /// <param name="Part">Which of the parts that stock gave it is served from, from 0.</param>
    /// <param name="PayUntil">Until when a payment has to be given; null: it came with one.</param>
    [EventName("flash-sale-claimed.v1")]
    public sealed record Claimed(OrderId Claim, CustomerId Customer, int Quantity, int Place, int Part, DateTimeOffset? PayUntil = null) : FlashSaleEvent;

    /// <summary>The customer says what to pay with: the claim becomes an order.</summary>
    [EventName("flash-sale-payment-given.v1")]
    public sealed record PaymentGiven(FlashSaleId Sale, OrderId Claim, CustomerId Customer, int Quantity, LocationId Location, string Token) : FlashSaleEvent;

    /// <summary>Units of a claim are offered again.</summary>
    [EventName("flash-sale-claim-returned.v1")]
    public sealed record ClaimReturned(OrderId Claim, int Quantity, ClaimReturnReason Reason) : FlashSaleEvent;

    /// <summary>Units that nobody has claimed leave for another shard; they are on their way until it has them.</summary>
    /// <param name="Sale">The sale.</param>
    /// <param name="From">Shard that gives them.</param>
    /// <param name="To">Shard that gets them.</param>
    /// <param name="Number">How many such moves there were between the two, with it.</param>
    /// <param name="Location">Where stock keeps them.</param>
    /// <param name="Quantity">Units, 1 or more.</param>
    [EventName("flash-sale-units-given.v1")]
    public sealed record UnitsGiven(FlashSaleId Sale, int From, int To, int Number, LocationId Location, int Quantity) : FlashSaleEvent;

    /// <summary>Units that another shard gave are offered here.</summary>
    [EventName("flash-sale-units-taken.v1")]
    public sealed record UnitsTaken(int From, int Number, LocationId Location, int Quantity) : FlashSaleEvent;

    /// <summary>Nothing is claimed any more.</summary>
    [EventName("flash-sale-closed.v1")]
    public sealed record Closed(bool IsEarly) : FlashSaleEvent;

    /// <summary>The closed sale gives back to stock what nobody has claimed. Numbered from 1 for each location: word of one may overtake word of another.</summary>
    [EventName("flash-sale-rest-returned.v1")]
    public sealed record RestReturned(FlashSaleId Sale, Sku Sku, int Number, LocationId Location, int Quantity) : FlashSaleEvent;
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FlashSaleEvent.Announced))]
[JsonSerializable(typeof(FlashSaleEvent.Sharded))]
[JsonSerializable(typeof(FlashSaleEvent.Stocked))]
[JsonSerializable(typeof(FlashSaleEvent.UnitsGiven))]
[JsonSerializable(typeof(FlashSaleEvent.UnitsTaken))]
[JsonSerializable(typeof(FlashSaleEvent.Claimed))]
[JsonSerializable(typeof(FlashSaleEvent.PaymentGiven))]
[JsonSerializable(typeof(FlashSaleEvent.ClaimReturned))]
[JsonSerializable(typeof(FlashSaleEvent.Closed))]
[JsonSerializable(typeof(FlashSaleEvent.RestReturned))]
sealed partial class FlashSalesJson : JsonSerializerContext;
