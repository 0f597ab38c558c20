using Commerce.Api.Endpoints;
using Commerce.Api.Grpc.Incoming;
using Commerce.Api.Grpc.Mapping;
using Commerce.Api.Http;
using Commerce.Api.Security;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Projections.Daemon;
using Commerce.Projections.Queries;
using Grpc.Core;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Services;

/// <summary><c>commerce.v1.FlashSales</c>.</summary>
sealed class FlashSalesService(FlashSaleCalls calls, FlashSaleQueries queries, FlashSaleLive live, TimeProvider time) : Wire.FlashSales.FlashSalesBase
{
    /// <inheritdoc/>
    public override async Task<Wire.FlashSaleReply> AnnounceFlashSale(Wire.AnnounceFlashSaleRequest request, ServerCallContext context) =>
        (await calls.Announce(request, CallMetadata.Of(context), context.CancellationToken).ConfigureAwait(false)).OrRefuse();

    /// <inheritdoc/>
    public override async Task<Wire.ClaimReply> ClaimUnits(Wire.ClaimUnitsRequest request, ServerCallContext context) =>
        (await calls.Claim(request, CallMetadata.Of(context), context.CancellationToken).ConfigureAwait(false)).OrRefuse();

    /// <inheritdoc/>
    public override async Task<Wire.PayClaimReply> PayClaim(Wire.PayClaimRequest request, ServerCallContext context) =>
        (await calls.Pay(request, CallMetadata.Of(context), context.CancellationToken).ConfigureAwait(false)).OrRefuse();

    /// <inheritdoc/>
    public override async Task<Wire.FlashSaleReply> CloseFlashSale(Wire.CloseFlashSaleRequest request, ServerCallContext context) =>
        (await calls.Close(request, CallMetadata.Of(context), context.CancellationToken).ConfigureAwait(false)).OrRefuse();

    /// <inheritdoc/>
    public override async Task<Wire.FlashSale> GetFlashSale(Wire.GetFlashSaleRequest request, ServerCallContext context)
    {
        var id = Sale(request.SaleId);
        await context.WaitFor(ProjectionNames.FlashSales).ConfigureAwait(false);
        return await queries.Get(id, context.CancellationToken).ConfigureAwait(false) is { } sale
            ? FlashSaleMessages.Of(FlashSaleResource.Of(sale, time.GetUtcNow()))
            : throw Problems.Of(FlashSaleRejections.Unknown).Exception();
    }

    /// <inheritdoc/>
    public override async Task<Wire.FlashSalePage> ListFlashSales(Wire.ListFlashSalesRequest request, ServerCallContext context)
    {
        var wanted = Replies.PageOf(request.Page);
        await context.WaitFor(ProjectionNames.FlashSales).ConfigureAwait(false);
        var (items, next) = (await queries.Find(wanted, context.CancellationToken).ConfigureAwait(false)).OrRefuse();
        return new() { Items = { items.Select(sale => FlashSaleMessages.Of(FlashSaleResource.Of(sale, time.GetUtcNow()))) }, Next = next };
    }

    /// <inheritdoc/>
    public override async Task<Wire.Claim> GetClaim(Wire.GetClaimRequest request, ServerCallContext context)
    {
        var (sale, id) = (Sale(request.SaleId), Fields.Required<OrderId>("claim_id", request.ClaimId, Fields.IdRule));
        await context.WaitFor(ProjectionNames.FlashSales).ConfigureAwait(false);
        return await queries.GetClaim(sale, id, context.CancellationToken).ConfigureAwait(false) is { } claim && context.GetHttpContext().Caller().MayActFor(claim.Customer)
            ? FlashSaleMessages.Of(ClaimResource.Of(claim))
            : throw Problems.Of(FlashSaleRejections.ClaimUnknown).Exception();
    }

    /// <inheritdoc/>
    public override async Task Watch(Wire.WatchRequest request, IServerStreamWriter<Wire.FlashSaleNow> responseStream, ServerCallContext context)
    {
        var (sale, heard) = (Sale(request.SaleId), Fields.Whole("heard_position", request.HeardPosition, 0, 0, long.MaxValue));
        if (await queries.Get(sale, context.CancellationToken).ConfigureAwait(false) is null)
        {
            throw Problems.Of(FlashSaleRejections.Unknown).Exception();
        }

        if (!live.TryEnter())
        {
            throw Problems.TooManyListeners.Exception();
        }

        try
        {
            await foreach (var news in live.Listen(sale, heard, context.CancellationToken).ConfigureAwait(false))
            {
                if (news is LiveNews.Figures figures)
                {
                    await responseStream.Give(FlashSaleMessages.Of(figures), time, context).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            live.Leave();
        }
    }

    static FlashSaleId Sale(string text) => Fields.Required<FlashSaleId>("sale_id", text, Fields.IdRule);
}
