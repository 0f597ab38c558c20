using System.Collections.Immutable;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Projections;

namespace Commerce.Api.Endpoints;

/// <summary>A flash sale: units = remaining + claimed + given back.</summary>
/// <param name="SaleId">Its id.</param>
/// <param name="Status"><c>announced</c>, <c>open</c>, <c>soldOut</c> for now, or <c>closed</c>.</param>
/// <param name="Sku">What is sold.</param>
/// <param name="Name">Its name.</param>
/// <param name="UnitPrice">Price of one.</param>
/// <param name="Opens">When claims begin.</param>
/// <param name="Closes">When they end.</param>
/// <param name="UnitsPerCustomer">How many one customer may claim.</param>
/// <param name="MinutesToPay">How long a claim waits for its payment.</param>
/// <param name="UnitsAnnounced">Units that were announced.</param>
/// <param name="Units">Units that stock gave.</param>
/// <param name="Remaining">Units that nobody has claimed.</param>
/// <param name="Claimed">Units that are claimed and not offered again.</param>
/// <param name="GivenBack">Units that the closed sale gave back to stock.</param>
/// <param name="Claims">Claims that were made.</param>
/// <param name="Orders">Claims that became orders.</param>
/// <param name="Unpaid">Claims that were not paid in time.</param>
/// <param name="Undone">Orders of claims that were undone, wholly or in part.</param>
sealed record FlashSaleResource(
    Guid SaleId,
    string Status,
    string Sku,
    string Name,
    Money UnitPrice,
    DateTimeOffset Opens,
    DateTimeOffset Closes,
    int UnitsPerCustomer,
    int MinutesToPay,
    int UnitsAnnounced,
    int Units,
    int Remaining,
    int Claimed,
    int GivenBack,
    int Claims,
    int Orders,
    int Unpaid,
    int Undone)
{
    /// <summary>As the read model has it.</summary>
    public static FlashSaleResource Of(FlashSaleView sale, DateTimeOffset now) => new(
        sale.Id, StatusOf(sale, now), sale.Sku, sale.Name, sale.UnitPrice, sale.Opens, sale.Closes, sale.UnitsPerCustomer, sale.MinutesToPay,
        sale.UnitsAnnounced, sale.Units, sale.Remaining, sale.Claimed, sale.GivenBack, sale.Claims, sale.Orders, sale.Unpaid, sale.Undone);

    /// <summary>Where a sale stands now.</summary>
    public static string StatusOf(FlashSaleView sale, DateTimeOffset now) =>
        sale.IsClosed || now >= sale.Closes ? "closed"
        : now < sale.Opens || !sale.IsStocked ? "announced"
        : sale.Remaining == 0 ? "soldOut"
        : "open";
}

/// <summary>A page of flash sales, by id.</summary>
/// <param name="Items">The sales.</param>
/// <param name="Next">Cursor of the next page; missing on the last.</param>
sealed record FlashSalePage(ImmutableArray<FlashSaleResource> Items, string? Next = null);

/// <summary>A claim in a flash sale.</summary>
/// <param name="SaleId">The sale.</param>
/// <param name="ClaimId">The claim; its order has the same id.</param>
/// <param name="CustomerId">Whose.</param>
/// <param name="Quantity">Units that were claimed.</param>
/// <param name="Returned">Units of them that are offered again.</param>
/// <param name="Place">How many claims there were with it.</param>
/// <param name="Status"><c>waiting</c> for its payment, <c>ordered</c>, or <c>returned</c>: its units, or some, are offered again.</param>
/// <param name="ClaimedAt">When it was made.</param>
/// <param name="PayUntil">Until when a payment is to be given; missing where it came with one.</param>
sealed record ClaimResource(Guid SaleId, Guid ClaimId, string CustomerId, int Quantity, int Returned, int Place, string Status, DateTimeOffset ClaimedAt, DateTimeOffset? PayUntil)
{
    /// <summary>As the read model has it. A payment may have come with the claim, one event later.</summary>
    public static ClaimResource Of(FlashSaleClaimView claim) => new(
        claim.Sale, claim.Id, claim.Customer, claim.Quantity, claim.Returned, claim.Place,
        Words.Of(claim is { Status: ClaimStatus.Waiting, PayUntil: null } ? ClaimStatus.Ordered : claim.Status), claim.ClaimedAt, claim.PayUntil);
}
