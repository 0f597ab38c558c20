using Commerce.Api.Grpc.Incoming;
using Commerce.Api.Grpc.Mapping;
using Commerce.Api.Http;
using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Projections.Daemon;
using Commerce.Projections.Queries;
using Grpc.Core;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Services;

/// <summary><c>commerce.v1.Catalogue</c>.</summary>
sealed class CatalogueService(ProductCalls calls, ProductQueries queries) : Wire.Catalogue.CatalogueBase
{
    /// <inheritdoc/>
    public override async Task<Wire.ProductReply> RegisterProduct(Wire.RegisterProductRequest request, ServerCallContext context) =>
        (await calls.Register(request, CallMetadata.Of(context), context.CancellationToken).ConfigureAwait(false)).OrRefuse();

    /// <inheritdoc/>
    public override async Task<Wire.ProductReply> ChangePrice(Wire.ChangePriceRequest request, ServerCallContext context) =>
        (await calls.ChangePrice(request, CallMetadata.Of(context), context.CancellationToken).ConfigureAwait(false)).OrRefuse();

    /// <inheritdoc/>
    public override async Task<Wire.ProductReply> DiscontinueProduct(Wire.DiscontinueProductRequest request, ServerCallContext context) =>
        (await calls.Discontinue(request, CallMetadata.Of(context), context.CancellationToken).ConfigureAwait(false)).OrRefuse();

    /// <inheritdoc/>
    public override async Task<Wire.Product> GetProduct(Wire.GetProductRequest request, ServerCallContext context)
    {
        var sku = Fields.Sku(request.Sku);
        await context.WaitFor(ProjectionNames.Products).ConfigureAwait(false);
        return await queries.Get(sku, context.CancellationToken).ConfigureAwait(false) is { } product ? StockMessages.Of(product) : throw Problems.Of(ProductRejections.Unknown).Exception();
    }

    /// <inheritdoc/>
    public override async Task<Wire.ProductPage> ListProducts(Wire.ListProductsRequest request, ServerCallContext context)
    {
        var filter = new ProductFilter
        {
            SkuPrefix = Query.Text("sku_prefix", request.SkuPrefix, Sku.LengthMax),
            NamePrefix = Query.Text("name_prefix", request.NamePrefix, Product.NameLengthMax),
            IsDiscontinued = request.HasIsDiscontinued ? request.IsDiscontinued : null,
        };
        var wanted = Replies.PageOf(request.Page);
        await context.WaitFor(ProjectionNames.Products).ConfigureAwait(false);
        var (items, next) = (await queries.Find(filter, wanted, context.CancellationToken).ConfigureAwait(false)).OrRefuse();
        return new() { Items = { items.Select(StockMessages.Of) }, Next = next };
    }
}
