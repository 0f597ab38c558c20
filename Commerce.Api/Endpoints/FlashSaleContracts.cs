using Commerce.Domain;

namespace Commerce.Api.Endpoints;

/// <summary>Announces a flash sale: units that stock has, at a price of their own, first come, first served.</summary>
/// <param name="Sku">What is sold.</param>
/// <param name="Units">How many; stock keeps them for the sale from now on.</param>
/// <param name="UnitPrice">Price of one, in the product's currency.</param>
/// <param name="Opens">When claims begin.</param>
/// <param name="Closes">When they end, at most 31 days later.</param>
/// <param name="UnitsPerCustomer">How many one customer may claim; 1 when not given.</param>
/// <param name="MinutesToPay">How long a claim waits for its payment; 15 when not given.</param>
/// <param name="Shards">Over how many streams it is spread, 1 to 16: several nodes take claims of it side by side. One when not given.</param>
sealed record AnnounceFlashSale(
    Sku Sku, int Units, Money UnitPrice, DateTimeOffset Opens, DateTimeOffset Closes, int UnitsPerCustomer = 1, int MinutesToPay = 15, int? Shards = null);

/// <summary>A command to a flash sale is done.</summary>
/// <param name="SaleId">The sale.</param>
/// <param name="Position">Place in the log, for Commerce-Min-Position.</param>
sealed record FlashSaleAccepted(FlashSaleId SaleId, string Position);

/// <summary>Claims units.</summary>
/// <param name="CustomerId">For whom.</param>
/// <param name="Quantity">How many; 1 when not given.</param>
/// <param name="PaymentToken">What the payment provider gave the client to pay with; without one it is to be given in time.</param>
sealed record ClaimUnits(CustomerId CustomerId, int Quantity = 1, string? PaymentToken = null);

/// <summary>Units are the customer's.</summary>
/// <param name="SaleId">The sale.</param>
/// <param name="ClaimId">The claim; its order has the same id.</param>
/// <param name="Quantity">Units.</param>
/// <param name="Place">How many claims there are with it, in its shard.</param>
/// <param name="Status"><c>waiting</c> for its payment, or <c>ordered</c>.</param>
/// <param name="PayUntil">Until when a payment is to be given; missing where it came with one.</param>
/// <param name="Position">Place in the log, for Commerce-Min-Position; missing in the answer to a repeat.</param>
sealed record ClaimAccepted(FlashSaleId SaleId, OrderId ClaimId, int Quantity, int Place, string Status, DateTimeOffset? PayUntil = null, string? Position = null);

/// <summary>Gives a claim its payment.</summary>
/// <param name="PaymentToken">What the payment provider gave the client to pay with.</param>
sealed record PayClaim(string PaymentToken);

/// <summary>A claim has its payment and becomes an order.</summary>
/// <param name="SaleId">The sale.</param>
/// <param name="ClaimId">The claim.</param>
/// <param name="OrderId">The order: the same id.</param>
/// <param name="Position">Place in the log, for Commerce-Min-Position.</param>
sealed record ClaimPaid(FlashSaleId SaleId, OrderId ClaimId, OrderId OrderId, string Position);
