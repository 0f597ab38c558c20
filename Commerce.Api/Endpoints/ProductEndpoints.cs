using Commerce.Api.Handling;
using Commerce.Api.Http;
using Commerce.Domain;

namespace Commerce.Api.Endpoints;

/// <summary>Offers a product.</summary>
/// <param name="Sku">Its stock keeping unit: its id from now on.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Price">Price of one, up to four decimals.</param>
sealed record RegisterProduct(Sku Sku, string Name, Money Price);

/// <summary>Sets the price that orders pay from now on.</summary>
/// <param name="Price">Price of one, in the product's currency.</param>
sealed record ChangePrice(Money Price);

/// <summary>No content: the address says it all.</summary>
sealed record Nothing;

/// <summary>A command to a product is done.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Position">Place in the log, for Commerce-Min-Position.</param>
sealed record ProductAccepted(Sku Sku, string Position);

/// <summary>The catalogue: <c>/products</c>.</summary>
static class ProductEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapProducts(this IEndpointRouteBuilder routes)
    {
        var products = routes.MapGroup("/products").WithTags("Products");

        products.MapPost("/", async (Body<RegisterProduct> body, CommandRequest request, ProductHandlers handlers, CancellationToken ct) =>
                (await handlers.Register(body.Value, request, ct)).Created(ApiJson.Default.ProductAccepted, product => $"/products/{product.Sku}"))
            .Command("RegisterProduct", "Offer a product", isKeyRequired: true)
            .Answers<ProductAccepted>(201, 409, 422);

        products.MapPut("/{sku}/price", async (Sku sku, Body<ChangePrice> body, CommandRequest request, ProductHandlers handlers, CancellationToken ct) =>
                (await handlers.ChangePrice(sku, body.Value, request, ct)).Ok(ApiJson.Default.ProductAccepted))
            .Command("ChangePrice", "Change a product's price", isKeyRequired: false)
            .Answers<ProductAccepted>(200, 404, 412, 422);

        products.MapPost("/{sku}/discontinue", async (Sku sku, CommandRequest request, ProductHandlers handlers, CancellationToken ct) =>
                (await handlers.Discontinue(sku, request, ct)).Ok(ApiJson.Default.ProductAccepted))
            .Command("DiscontinueProduct", "Offer a product no more", isKeyRequired: false)
            .Answers<ProductAccepted>(200, 404, 412);
    }
}
