using Commerce.Api.Admission;
using Commerce.Api.Handling;
using Commerce.Api.Http;
using Commerce.Api.Security;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Projections.Daemon;
using Commerce.Projections.Queries;
using Microsoft.AspNetCore.Mvc;

namespace Commerce.Api.Endpoints;

/// <summary>Flash sales: <c>/flash-sales</c>.</summary>
static class FlashSaleEndpoints
{
    const string LiveRules =
        "Server-sent events: `figures` whenever they change, the latest of what came at once, and a comment after 15 s without. Who comes again with "
        + "`Last-Event-ID` is not told what it heard. The stream ends with the figures of the closed sale, and who has heard them is answered 204; after 10 minutes it ends for the client to come again. "
        + "A client that takes nothing for 10 s is let go.";

    /// <summary>Adds them.</summary>
    public static void MapFlashSales(this IEndpointRouteBuilder routes)
    {
        var sales = routes.MapGroup("/flash-sales").WithTags("Flash sales");
        MapCommands(sales);
        MapQueries(sales);
    }

    static void MapCommands(RouteGroupBuilder sales)
    {
        sales.MapPost("/", async (Body<AnnounceFlashSale> body, CommandRequest request, FlashSaleAnnouncing announcing, CancellationToken ct) =>
                (await announcing.Announce(body.Value, request, ct)).Created(ApiJson.Default.FlashSaleAccepted, sale => $"/flash-sales/{sale.SaleId}"))
            .Command("AnnounceFlashSale", "Announce a flash sale: stock keeps its units from now on", isKeyRequired: true)
            .Answers<FlashSaleAccepted>(201, 422);

        // Asked for once, here: a service that a request asks for costs it a scope.
        var claims = ((IEndpointRouteBuilder)sales).ServiceProvider.GetRequiredService<FlashSaleClaims>();
        sales.MapPost("/{id}/claims", async (FlashSaleId id, Body<ClaimUnits> body, CommandRequest request, CancellationToken ct) =>
                (await claims.Claim(id, body.Value, request, ct)).Created(ApiJson.Default.ClaimAccepted, claim => $"/flash-sales/{claim.SaleId}/claims/{claim.ClaimId}"))
            .BehindSaleGate()
            .Command("ClaimUnits", "Claim units of a flash sale: first come, first served", isKeyRequired: true)
            .Answers<ClaimAccepted>(201, 404, 409, 422);

        sales.MapPost("/{id}/claims/{claim}/payment", async (FlashSaleId id, OrderId claim, Body<PayClaim> body, CommandRequest request, FlashSaleHandlers handlers, CancellationToken ct) =>
                (await handlers.Pay(id, claim, body.Value, request, ct)).Ok(ApiJson.Default.ClaimPaid))
            .Command("PayClaim", "Give a claim its payment: it becomes an order", isKeyRequired: false)
            .Answers<ClaimPaid>(200, 404, 409, 412, 422);

        sales.MapPost("/{id}/close", async (FlashSaleId id, CommandRequest request, FlashSaleHandlers handlers, CancellationToken ct) =>
                (await handlers.Close(id, request, ct)).Ok(ApiJson.Default.FlashSaleAccepted))
            .Command("CloseFlashSale", "Close a flash sale: what nobody has claimed goes back to stock", isKeyRequired: false)
            .Answers<FlashSaleAccepted>(200, 404, 412);
    }

    static void MapQueries(RouteGroupBuilder sales)
    {
        sales.MapGet("/{id}", async (FlashSaleId id, FlashSaleQueries queries, TimeProvider time, CancellationToken ct) =>
                await queries.Get(id, ct) is { } sale
                    ? TypedResults.Json(FlashSaleResource.Of(sale, time.GetUtcNow()), ApiJson.Default.FlashSaleResource)
                    : (IResult)Problems.Of(FlashSaleRejections.Unknown))
            .Describe("GetFlashSale", "A flash sale")
            .WaitsFor(ProjectionNames.FlashSales)
            .Answers<FlashSaleResource>(200, 404);

        sales.MapGet("/", async ([AsParameters] FlashSaleListParameters wanted, FlashSaleQueries queries, TimeProvider time, CancellationToken ct) =>
                QueryAnswers.List(await queries.Find(wanted.Page(), ct), (items, next) => new FlashSalePage([.. items.Select(s => FlashSaleResource.Of(s, time.GetUtcNow()))], next), ApiJson.Default.FlashSalePage))
            .Describe("ListFlashSales", "Flash sales, by id")
            .WaitsFor(ProjectionNames.FlashSales)
            .Answers<FlashSalePage>(200);

        sales.MapGet("/{id}/live", Listen)
            .Describe("ListenToFlashSale", "Remaining units, claims and orders of a flash sale as they change", LiveRules)
            .Produces<FlashSaleNow>(StatusCodes.Status200OK, "text/event-stream")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .DisableRequestTimeout();

        sales.MapGet("/{id}/claims/{claim}", async (FlashSaleId id, OrderId claim, HttpContext http, FlashSaleQueries queries, CancellationToken ct) =>
                await queries.GetClaim(id, claim, ct) is { } found && http.Caller().MayActFor(found.Customer)
                    ? TypedResults.Json(ClaimResource.Of(found), ApiJson.Default.ClaimResource)
                    : (IResult)Problems.Of(FlashSaleRejections.ClaimUnknown))
            .Describe("GetClaim", "A claim in a flash sale; what becomes of its order, GET /orders/{id} tells under the same id")
            .WaitsFor(ProjectionNames.FlashSales)
            .Answers<ClaimResource>(200, 404);
    }

    static async Task<IResult> Listen(FlashSaleId id, HttpContext http, FlashSaleQueries queries, FlashSaleLive live, TimeProvider time, CancellationToken ct)
    {
        var heard = Query.Whole(CommerceHeaders.LastEventId, http.Request.Headers[CommerceHeaders.LastEventId].FirstOrDefault(), 0, 0, long.MaxValue);
        if (await queries.Get(id, ct) is not { } sale)
        {
            return Problems.Of(FlashSaleRejections.Unknown);
        }

        if (sale.IsClosed && heard >= sale.Position)
        {
            // Tells an EventSource that comes again by itself to stop.
            return TypedResults.NoContent();
        }

        if (!live.TryEnter())
        {
            return Problems.TooManyListeners;
        }

        return new LiveStream(live.Listen(id, heard, ct), live.Leave, time);
    }
}

/// <summary>Which page of flash sales is wanted.</summary>
/// <param name="Limit">Items of a page.</param>
/// <param name="Cursor">What the page before said comes next.</param>
sealed record FlashSaleListParameters([FromQuery(Name = "limit")] string? Limit, [FromQuery(Name = "cursor")] string? Cursor)
{
    /// <summary>What they ask for.</summary>
    /// <exception cref="RefusedRequestException">The limit is none.</exception>
    public PageRequest Page() => QueryAnswers.Page(Limit, Cursor);
}
