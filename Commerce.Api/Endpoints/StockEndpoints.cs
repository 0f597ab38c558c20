using Commerce.Api.Handling;
using Commerce.Api.Http;
using Commerce.Domain;

namespace Commerce.Api.Endpoints;

/// <summary>Takes units in.</summary>
/// <param name="Quantity">How many.</param>
/// <param name="Reference">What they came with, e.g. a delivery note.</param>
/// <param name="Location">Where they lie; <c>main</c> when not given.</param>
sealed record ReceiveStock(int Quantity, string Reference, LocationId? Location = null);

/// <summary>Strikes units off.</summary>
/// <param name="Quantity">How many.</param>
/// <param name="Reason">Why.</param>
/// <param name="Location">Where they lay; <c>main</c> when not given.</param>
sealed record WriteOffStock(int Quantity, string Reason, LocationId? Location = null);

/// <summary>A command to stock is done.</summary>
/// <param name="Sku">What moved.</param>
/// <param name="Location">Where.</param>
/// <param name="Quantity">How many.</param>
/// <param name="Position">Place in the log, for Commerce-Min-Position.</param>
sealed record StockAccepted(Sku Sku, LocationId Location, int Quantity, string Position);

/// <summary>Stock: <c>/stock/{sku}</c>.</summary>
static class StockEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapStock(this IEndpointRouteBuilder routes)
    {
        var stock = routes.MapGroup("/stock/{sku}").WithTags("Stock");

        stock.MapPost("/receipts", async (Sku sku, Body<ReceiveStock> body, CommandRequest request, StockHandlers handlers, CancellationToken ct) =>
                (await handlers.Receive(sku, body.Value, request, ct)).Created(ApiJson.Default.StockAccepted, moved => $"/stock/{moved.Sku}"))
            .Command("ReceiveStock", "Take units in", isKeyRequired: true)
            .Answers<StockAccepted>(201, 412, 422);

        stock.MapPost("/write-offs", async (Sku sku, Body<WriteOffStock> body, CommandRequest request, StockHandlers handlers, CancellationToken ct) =>
                (await handlers.WriteOff(sku, body.Value, request, ct)).Created(ApiJson.Default.StockAccepted, moved => $"/stock/{moved.Sku}"))
            .Command("WriteOffStock", "Strike units off: lost, broken, given away", isKeyRequired: true)
            .Answers<StockAccepted>(201, 412, 422);
    }
}
