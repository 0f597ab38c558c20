namespace Commerce.Api.Admission;

/// <summary>Marks an address with a gate for each flash sale. Its path names the sale as <c>id</c>.</summary>
sealed record SaleGate
{
    /// <summary>The sale that a request names; those that name none share a gate.</summary>
    public static Guid SaleOf(HttpContext context) => Guid.TryParse(context.Request.RouteValues["id"] as string, out var sale) ? sale : default;
}

/// <summary>Puts a gate before an address.</summary>
static class SaleGateRoutes
{
    /// <summary>Each flash sale has its gate here.</summary>
    public static RouteHandlerBuilder BehindSaleGate(this RouteHandlerBuilder route) => route.WithMetadata(new SaleGate());
}
