using System.Text.Json.Serialization.Metadata;
using Commerce.Api.Endpoints;
using Commerce.Api.Http;
using Commerce.Commands.Handling;
using Commerce.Commands.Webhooks;
using Commerce.Domain.Log;
using Commerce.Domain.Webhooks;
using Commerce.Projections.Daemon;
using Commerce.Projections.Queries;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Webhooks;

/// <summary>Subscriptions to webhooks, for operators: <c>/webhooks</c>.</summary>
static class WebhookEndpoints
{
    const int OverlapHoursDefault = 24;

    static readonly Problem OverlapInvalid = Problems.Body("$.overlapHours", $"overlapHours is a whole number from 0 to {WebhookDesk.OverlapMax.TotalHours}.");
    static readonly Problem PositionInvalid = Problems.Body("$.fromPosition", "fromPosition is a position as an answer gave it, or 0.");

    /// <summary>Adds them.</summary>
    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var webhooks = routes.MapGroup("/webhooks").WithTags("Webhooks");
        MapSubscriptions(webhooks);
        MapChanges(webhooks);
        MapDeliveries(webhooks);
    }

    static void MapSubscriptions(RouteGroupBuilder webhooks)
    {
        webhooks.MapPost("/", Create)
            .Command("CreateWebhook", "Subscribe an address to events; the answer shows what they are verified with", isKeyRequired: true)
            .Answers<WebhookKeyed>(201, 409, 422);

        webhooks.MapGet("/", async (WebhookQueries queries, CancellationToken ct) =>
                TypedResults.Json(new WebhookList([.. (await queries.All(ct)).Select(WebhookResource.Of)]), ApiJson.Default.WebhookList))
            .Describe("ListWebhooks", "Subscriptions to webhooks")
            .WaitsFor(ProjectionNames.Webhooks)
            .Answers<WebhookList>(200);

        webhooks.MapGet("/{id}", async (Guid id, HttpContext http, WebhookQueries queries, CancellationToken ct) =>
                await queries.Get(id, ct) is { } webhook
                    ? QueryAnswers.Resource(http, WebhookResource.Of(webhook), webhook.Revision, ApiJson.Default.WebhookResource)
                    : Problems.Of(WebhookRejections.Unknown))
            .Describe("GetWebhook", "A subscription to webhooks")
            .WaitsFor(ProjectionNames.Webhooks)
            .Answers<WebhookResource>(200, 404);

        webhooks.MapDelete("/{id}", (Guid id, CommandRequest request, WebhookDesk desk, CancellationToken ct) => Plain(id, new WebhookCommand.Delete(), request, desk, ct))
            .Command("DeleteWebhook", "Never send anything there again", isKeyRequired: false)
            .Answers<WebhookAccepted>(200, 404, 412);
    }

    static void MapChanges(RouteGroupBuilder webhooks)
    {
        webhooks.MapPut("/{id}", async (Guid id, Body<ChangeWebhook> body, CommandRequest request, WebhookDesk desk, CancellationToken ct) =>
                Accepted(id, await desk.Change(id, body.Value.Url, new(body.Value.Events ?? [], body.Value.StreamPrefix), request.Context(body.Value, ApiJson.Default.ChangeWebhook), ct)))
            .Command("ChangeWebhook", "Move a subscription, or have it want other events", isKeyRequired: false)
            .Answers<WebhookAccepted>(200, 404, 412, 422);

        webhooks.MapPost("/{id}/disable", (Guid id, CommandRequest request, WebhookDesk desk, CancellationToken ct) => Plain(id, new WebhookCommand.Disable(WebhookStop.Operator), request, desk, ct))
            .Command("DisableWebhook", "Send nothing there for now; what happens meanwhile waits", isKeyRequired: false)
            .Answers<WebhookAccepted>(200, 404, 412);

        webhooks.MapPost("/{id}/enable", (Guid id, CommandRequest request, WebhookDesk desk, CancellationToken ct) => Plain(id, new WebhookCommand.Enable(), request, desk, ct))
            .Command("EnableWebhook", "Send there again, from where it stopped", isKeyRequired: false)
            .Answers<WebhookAccepted>(200, 404, 412);

        webhooks.MapPost("/{id}/rotate-key", Rotate)
            .Command("RotateWebhookKey", "Sign with a new key; the old one signs as well for a while", isKeyRequired: true)
            .Answers<WebhookKeyed>(200, 404, 412, 422);
    }

    static void MapDeliveries(RouteGroupBuilder webhooks)
    {
        webhooks.MapGet("/{id}/deliveries", Deliveries)
            .Describe("ListWebhookDeliveries", "What was and is to be sent to a subscription, the newest events first", "`state` is one of waiting, delivered, failed.")
            .Answers<WebhookDeliveryPage>(200, 404);

        webhooks.MapPost("/{id}/deliveries/{deliveryId}/replay", async (Guid id, Guid deliveryId, CommandRequest request, WebhookDesk desk, CancellationToken ct) =>
                Accepted(id, await desk.Replay(id, deliveryId, request.Context(new Nothing(), ApiJson.Default.Nothing), ct)))
            .Command("ReplayWebhookDelivery", "Send one event again, under the same id", isKeyRequired: false)
            .Answers<WebhookAccepted>(200, 404, 412);

        webhooks.MapPost("/{id}/replay", async (Guid id, Body<ReplayWebhook> body, CommandRequest request, WebhookDesk desk, CancellationToken ct) =>
                LogPosition.TryParse(body.Value.FromPosition, null, out var position)
                    ? Accepted(id, await desk.Handle(id, new WebhookCommand.Replay(position.Value), request.Context(body.Value, ApiJson.Default.ReplayWebhook), ct))
                    : PositionInvalid)
            .Command("ReplayWebhook", "Send everything after a place in the log again, under the same ids", isKeyRequired: false)
            .Answers<WebhookAccepted>(200, 404, 412);
    }

    static async Task<IResult> Create(Body<CreateWebhook> body, CommandRequest request, HttpContext http, WebhookDesk desk, WebhookQueries queries, CancellationToken ct)
    {
        var (wanted, id) = (body.Value, request.Id);
        var scheme = Words.Value<WebhookScheme>("scheme", wanted.Scheme) ?? WebhookScheme.Hmac;
        if ((await desk.Load(id, ct)).Status == WebhookStatus.None && (await queries.All(ct)).Count >= Webhook.CountMax)
        {
            return Problems.Of(WebhookRejections.TooMany);
        }

        var outcome = await desk.Create(id, wanted.Url, new(wanted.Events ?? [], wanted.StreamPrefix), scheme, request.Context(wanted, ApiJson.Default.CreateWebhook), ct);
        return Keyed(http, id, outcome, desk, (done, json, show) => done.Created($"/webhooks/{id}", json, show));
    }

    static async Task<IResult> Rotate(Guid id, Body<RotateWebhookKey> body, CommandRequest request, HttpContext http, WebhookDesk desk, CancellationToken ct)
    {
        if (body.Value.OverlapHours is { } hours && (hours < 0 || hours > WebhookDesk.OverlapMax.TotalHours))
        {
            return OverlapInvalid;
        }

        var overlap = TimeSpan.FromHours(body.Value.OverlapHours ?? OverlapHoursDefault);
        var outcome = await desk.RotateKey(id, overlap, request.Context(body.Value, ApiJson.Default.RotateWebhookKey), ct);
        return Keyed(http, id, outcome, desk, (done, json, show) => done.Ok(json, show));
    }

    static async Task<IResult> Deliveries(Guid id, string? state, string? limit, string? cursor, WebhookDesk desk, CancellationToken ct)
    {
        var page = QueryAnswers.Page(limit, cursor);
        var wanted = Words.Value<WebhookDeliveryState>("state", state);
        var before = page.Cursor is null ? (long?)null : Query.Whole("cursor", page.Cursor, 0, 0, long.MaxValue);
        if ((await desk.Load(id, ct)).Status is WebhookStatus.None or WebhookStatus.Deleted)
        {
            return Problems.Of(WebhookRejections.Unknown);
        }

        var found = await desk.Deliveries(id, wanted, before, page.Limit + 1, ct);
        return TypedResults.Json(
            new WebhookDeliveryPage([.. found.Take(page.Limit).Select(WebhookDeliveryResource.Of)], found.Count > page.Limit ? found[page.Limit - 1].Position.ToString() : null),
            ApiJson.Default.WebhookDeliveryPage);
    }

    static async Task<IResult> Plain(Guid id, WebhookCommand command, CommandRequest request, WebhookDesk desk, CancellationToken ct) =>
        Accepted(id, await desk.Handle(id, command, request.Context(new Nothing(), ApiJson.Default.Nothing), ct));

    static IResult Accepted(Guid id, CommandOutcome outcome) => outcome.Ok(ApiJson.Default.WebhookAccepted, done => new(id, done.Position.ToString()));

    // A secret lies in nobody's cache (RFC 9111, 5.2.2.5).
    static IResult Keyed(
        HttpContext http, Guid id, CommandOutcome outcome, WebhookDesk desk,
        Func<CommandOutcome, JsonTypeInfo<WebhookKeyed>, Func<CommandOutcome.Accepted, WebhookKeyed>, IResult> answer)
    {
        http.Response.Headers[HeaderNames.CacheControl] = "no-store";
        return answer(outcome, ApiJson.Default.WebhookKeyed, done => new(id, desk.Reveal(id, done.Events) ?? string.Empty, done.Position.ToString()));
    }
}
