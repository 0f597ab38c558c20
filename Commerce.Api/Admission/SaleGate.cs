using System.Threading.RateLimiting;

namespace Commerce.Api.Admission;

/// <summary>Marks an address with a gate for each flash sale.</summary>
sealed record SaleGate
{
    /// <summary>Name of the policy.</summary>
    public const string Policy = "sale";

    /// <summary>The gate that a request goes through. Its path names the sale as <c>id</c>.</summary>
    public static RateLimitPartition<int> Of(HttpContext context, SaleGates gates) => RateLimitPartition.Get(NumberOf(context), gates.Lend);

    static int NumberOf(HttpContext context) => Guid.TryParse(context.Request.RouteValues["id"] as string, out var sale) ? SaleGates.NumberOf(sale) : 0;
}

/// <summary>Puts a gate before an address.</summary>
static class SaleGateRoutes
{
    /// <summary>Each flash sale has its gate here.</summary>
    public static RouteHandlerBuilder BehindSaleGate(this RouteHandlerBuilder route) => route.RequireRateLimiting(SaleGate.Policy).WithMetadata(new SaleGate());
}
