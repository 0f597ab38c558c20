using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Commerce.Domain;
using Commerce.Domain.Orders;

namespace Commerce.Api.Endpoints;

/// <summary>Orders some products, at the prices of the moment.</summary>
/// <param name="Currency">Every product is priced in it.</param>
/// <param name="Lines">What and how much; 1 to 2,000.</param>
/// <param name="CustomerId">Who; a guest has none.</param>
/// <param name="Country">Where it goes.</param>
/// <param name="PaymentToken">What the payment provider gave the client to pay with.</param>
sealed record PlaceOrder(
    Currency Currency,
    ImmutableArray<PlaceOrderLine> Lines,
    CustomerId? CustomerId = null,
    string? Country = null,
    string? PaymentToken = null);

// Structs, so that no null can stand among them: what a list holds is not checked for null.

/// <summary>One wish.</summary>
/// <param name="Sku">What.</param>
/// <param name="Quantity">How many, 1 or more.</param>
[method: JsonConstructor]
readonly record struct PlaceOrderLine(Sku Sku, int Quantity);

/// <summary>The order is placed; what becomes of it, <c>GET /orders/{id}</c> tells.</summary>
/// <param name="OrderId">Its id.</param>
/// <param name="Number">Its number for people: 64 bits, growing with time.</param>
/// <param name="Status">Where it stands now.</param>
/// <param name="Position">Place in the log, for Commerce-Min-Position.</param>
sealed record OrderAccepted(OrderId OrderId, string Number, string Status, string Position);

/// <summary>Calls an order off.</summary>
/// <param name="Reason">Why.</param>
sealed record CancelOrder(string Reason);

/// <summary>An order is called off.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Status">Where it stands now.</param>
/// <param name="Position">Place in the log, for Commerce-Min-Position.</param>
sealed record OrderCancelled(OrderId OrderId, string Status, string Position);

/// <summary>Calls off what was not sent of an order.</summary>
/// <param name="Reason">Why.</param>
/// <param name="By">Who does: <c>customer</c>, as when nothing is said, or <c>house</c>, which can never send it.</param>
sealed record CancelRest(string Reason, string? By = null);

/// <summary>What was not sent of an order is called off.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Position">Place in the log, for Commerce-Min-Position.</param>
sealed record OrderRestCancelled(OrderId OrderId, string Position);

/// <summary>Some units of one line.</summary>
/// <param name="Line">Number of the line in its order, from 1.</param>
/// <param name="Quantity">Units, 1 or more.</param>
[method: JsonConstructor]
readonly record struct LineUnits(int Line, int Quantity)
{
    /// <summary>As the API writes them.</summary>
    public static ImmutableArray<LineUnits> Of(ImmutableArray<LineQuantity> lines) => [.. lines.Select(l => new LineUnits(l.Line, l.Quantity))];

    /// <summary>As the order takes them; none at all: everything.</summary>
    public static ImmutableArray<LineQuantity> ToDomain(ImmutableArray<LineUnits>? lines) => [.. (lines ?? []).Select(l => new LineQuantity(l.Line, l.Quantity))];
}

/// <summary>Sends units out.</summary>
/// <param name="Lines">Units by line; none: all that is left.</param>
sealed record ShipOrder(ImmutableArray<LineUnits>? Lines = null);

/// <summary>A shipment is on its way.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="ShipmentId">The shipment.</param>
/// <param name="Lines">Units by line.</param>
/// <param name="Amount">What is due for them.</param>
/// <param name="Position">Place in the log, for Commerce-Min-Position.</param>
sealed record ShipmentAccepted(OrderId OrderId, Guid ShipmentId, ImmutableArray<LineUnits> Lines, Money Amount, string Position);

/// <summary>Takes shipped units back.</summary>
/// <param name="Reason">Why they come back.</param>
/// <param name="Lines">Units by line; none: all that was shipped and is not back yet.</param>
sealed record ReturnOrder(string Reason, ImmutableArray<LineUnits>? Lines = null);

/// <summary>A return is taken.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="ReturnId">The return.</param>
/// <param name="Lines">Units by line.</param>
/// <param name="Amount">What is owed for them.</param>
/// <param name="Position">Place in the log, for Commerce-Min-Position.</param>
sealed record ReturnAccepted(OrderId OrderId, Guid ReturnId, ImmutableArray<LineUnits> Lines, Money Amount, string Position);
