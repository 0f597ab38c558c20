using System.Threading.RateLimiting;

namespace Commerce.Api.Admission;

/// <summary>Marks an address with a gate for each flash sale: some claims are under way, some wait in the order in which they came, the rest is refused.</summary>
sealed record SaleGate
{
    /// <summary>Name of the policy.</summary>
    public const string Policy = "sale";

    /// <summary>Gates at most: sales share them by hash, so that no request can make more of them. Hot sales are few.</summary>
    const int GatesMax = 4_096;

    /// <summary>The gate that a request goes through. Its path names the sale as <c>id</c>.</summary>
    public static RateLimitPartition<int> Of(HttpContext context, AdmissionOptions options) => RateLimitPartition.GetConcurrencyLimiter(NumberOf(context), _ => new()
    {
        PermitLimit = options.SaleClaims,
        QueueLimit = options.SaleQueue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    static int NumberOf(HttpContext context) => Guid.TryParse(context.Request.RouteValues["id"] as string, out var sale) ? sale.GetHashCode() & (GatesMax - 1) : 0;
}

/// <summary>Puts a gate before an address.</summary>
static class SaleGateRoutes
{
    /// <summary>Each flash sale has its gate here.</summary>
    public static RouteHandlerBuilder BehindSaleGate(this RouteHandlerBuilder route) => route.RequireRateLimiting(SaleGate.Policy).WithMetadata(new SaleGate());
}
