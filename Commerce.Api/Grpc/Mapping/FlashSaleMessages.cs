using Commerce.Api.Endpoints;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Mapping;

/// <summary>Flash sales and claims as messages.</summary>
static class FlashSaleMessages
{
    /// <summary>A sale.</summary>
    public static Wire.FlashSale Of(FlashSaleResource sale) => new()
    {
        SaleId = sale.SaleId.ToString(),
        Status = sale.Status,
        Sku = sale.Sku,
        Name = sale.Name,
        UnitPrice = Replies.Of(sale.UnitPrice),
        Opens = Replies.Of(sale.Opens),
        Closes = Replies.Of(sale.Closes),
        UnitsPerCustomer = sale.UnitsPerCustomer,
        MinutesToPay = sale.MinutesToPay,
        UnitsAnnounced = sale.UnitsAnnounced,
        Units = sale.Units,
        Remaining = sale.Remaining,
        Claimed = sale.Claimed,
        GivenBack = sale.GivenBack,
        Claims = sale.Claims,
        Orders = sale.Orders,
        Unpaid = sale.Unpaid,
        Undone = sale.Undone,
    };

    /// <summary>A claim.</summary>
    public static Wire.Claim Of(ClaimResource claim) => new()
    {
        SaleId = claim.SaleId.ToString(),
        ClaimId = claim.ClaimId.ToString(),
        CustomerId = claim.CustomerId,
        Quantity = claim.Quantity,
        Returned = claim.Returned,
        Place = claim.Place,
        Status = claim.Status,
        ClaimedAt = Replies.Of(claim.ClaimedAt),
        PayUntil = Replies.Of(claim.PayUntil),
    };

    /// <summary>A sale's figures now.</summary>
    public static Wire.FlashSaleNow Of(LiveNews.Figures news) => new()
    {
        SaleId = news.Now.SaleId.ToString(),
        Status = news.Now.Status,
        Units = news.Now.Units,
        Remaining = news.Now.Remaining,
        Claimed = news.Now.Claimed,
        Claims = news.Now.Claims,
        Orders = news.Now.Orders,
        Position = news.Position,
    };
}
