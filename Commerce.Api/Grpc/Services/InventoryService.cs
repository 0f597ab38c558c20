using Commerce.Api.Endpoints;
using Commerce.Api.Grpc.Incoming;
using Commerce.Api.Grpc.Mapping;
using Commerce.Projections.Daemon;
using Commerce.Projections.Queries;
using Grpc.Core;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Services;

/// <summary><c>commerce.v1.Inventory</c>.</summary>
sealed class InventoryService(StockCalls calls, StockQueries queries) : Wire.Inventory.InventoryBase
{
    /// <inheritdoc/>
    public override async Task<Wire.StockReply> ReceiveStock(Wire.ReceiveStockRequest request, ServerCallContext context) =>
        (await calls.Receive(request, CallMetadata.Of(context), context.CancellationToken).ConfigureAwait(false)).OrRefuse();

    /// <inheritdoc/>
    public override async Task<Wire.StockReply> WriteOffStock(Wire.WriteOffStockRequest request, ServerCallContext context) =>
        (await calls.WriteOff(request, CallMetadata.Of(context), context.CancellationToken).ConfigureAwait(false)).OrRefuse();

    /// <inheritdoc/>
    public override async Task<Wire.Stock> GetStock(Wire.GetStockRequest request, ServerCallContext context)
    {
        var sku = Fields.Sku(request.Sku);
        await context.WaitFor(ProjectionNames.Stock).ConfigureAwait(false);
        var stock = await queries.OfSku(sku, context.CancellationToken).ConfigureAwait(false);
        return stock.Count > 0 ? StockMessages.Of(sku.Value, stock) : throw StockQueryEndpoints.StockUnknown.Exception();
    }
}
