using Commerce.Api.Http;
using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Projections;
using Commerce.Projections.Daemon;
using Commerce.Projections.Queries;
using Microsoft.AspNetCore.Mvc;

namespace Commerce.Api.Endpoints;

/// <summary>Reading of <c>/products</c> and <c>/stock</c>.</summary>
static class StockQueryEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapStockQueries(this IEndpointRouteBuilder routes)
    {
        var products = routes.MapGroup("/products").WithTags("Products");

        products.MapGet("/{sku}", async (Sku sku, HttpContext http, ProductQueries queries, CancellationToken ct) =>
                await queries.Get(sku, ct) is { } product
                    ? WrittenDocument<ProductView, ProductResource>.Answer(http, product, product.Revision, ProductResource.Of, ApiJson.Default.ProductResource)
                    : Problems.Of(ProductRejections.Unknown))
            .Describe("GetProduct", "A product")
            .WaitsFor(ProjectionNames.Products)
            .Answers<ProductResource>(200, 404);

        products.MapGet("/", async ([AsParameters] ProductListParameters wanted, ProductQueries queries, CancellationToken ct) =>
                QueryAnswers.List(await queries.Find(wanted.Filter(), wanted.Page(), ct), (items, next) => new ProductPage([.. items.Select(ProductResource.Of)], next), ApiJson.Default.ProductPage))
            .Describe("ListProducts", "Products, by SKU")
            .WaitsFor(ProjectionNames.Products)
            .Answers<ProductPage>(200);

        routes.MapGroup("/stock").WithTags("Stock")
            .MapGet("/{sku}", async (Sku sku, HttpContext http, StockQueries queries, CancellationToken ct) =>
            {
                var stock = await queries.OfSku(sku, ct);
                return stock.Count == 0
                    ? StockUnknown
                    : QueryAnswers.Resource(http, StockResource.Of(sku.Value, stock), stock.Count == 1 ? stock[0].Revision : null, ApiJson.Default.StockResource);
            })
            .Describe("GetStock", "Stock of a SKU, by location", "The ETag belongs to a location's stream: the header has it where there is one location, each location has its own.")
            .WaitsFor(ProjectionNames.Stock)
            .Answers<StockResource>(200, 404);
    }

    /// <summary>There is none of it.</summary>
    public static Problem StockUnknown => new(404, "stock-unknown", "Nothing of this SKU was ever received.");
}

/// <summary>Which products are wanted.</summary>
/// <param name="Sku">How the SKU begins.</param>
/// <param name="Name">How the name begins, upper and lower case alike.</param>
/// <param name="Discontinued"><c>true</c> or <c>false</c>: only those.</param>
/// <param name="Limit">Items of a page.</param>
/// <param name="Cursor">What the page before said comes next.</param>
sealed record ProductListParameters(
    [FromQuery(Name = "sku")] string? Sku,
    [FromQuery(Name = "name")] string? Name,
    [FromQuery(Name = "discontinued")] string? Discontinued,
    [FromQuery(Name = "limit")] string? Limit,
    [FromQuery(Name = "cursor")] string? Cursor)
{
    /// <summary>What they ask for.</summary>
    /// <exception cref="RefusedRequestException">One of them is none.</exception>
    public ProductFilter Filter() => new()
    {
        SkuPrefix = Query.Text("sku", Sku, Domain.Sku.LengthMax),
        NamePrefix = Query.Text("name", Name, Product.NameLengthMax),
        IsDiscontinued = Query.Value<bool>("discontinued", Discontinued, "true or false"),
    };

    /// <summary>Which page of them.</summary>
    /// <exception cref="RefusedRequestException">The limit is none.</exception>
    public PageRequest Page() => QueryAnswers.Page(Limit, Cursor);
}
