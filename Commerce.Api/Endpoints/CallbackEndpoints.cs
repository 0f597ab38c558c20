using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Commerce.Api.Http;
using Commerce.Api.Webhooks;
using Commerce.Commands.Payments.Callbacks;
using Microsoft.OpenApi;

namespace Commerce.Api.Endpoints;

/// <summary>A callback of a payment provider, as it was kept.</summary>
/// <param name="Provider">Who sent it.</param>
/// <param name="Id">Its <c>webhook-id</c>.</param>
/// <param name="State"><c>waiting</c>, <c>applied</c>, <c>contradicting</c> or <c>unreadable</c>.</param>
/// <param name="ReceivedAt">When it came first.</param>
/// <param name="Tries">Times that it was tried to apply it.</param>
/// <param name="TryAt">When it is tried next, while it waits.</param>
/// <param name="SettledAt">When it stopped waiting.</param>
/// <param name="Code">Why it waits or contradicts; stable.</param>
/// <param name="Detail">The same in one sentence.</param>
/// <param name="Body">What it says, as it was sent; the beginning of a long one.</param>
sealed record CallbackResource(
    string Provider, string Id, string State, DateTimeOffset ReceivedAt, int Tries, DateTimeOffset? TryAt, DateTimeOffset? SettledAt, string? Code, string? Detail, string Body)
{
    /// <summary>Bytes of a body that are shown: those that we understand have a quarter of it.</summary>
    const int BodyBytesShownMax = 2_048;

    /// <summary>As the API shows it.</summary>
    public static CallbackResource Of(KeptCallback c) => new(
        c.Provider, c.Id, Words.Of(c.State), c.ReceivedAt.ToUniversalTime(), c.Tries, c.TryAt?.ToUniversalTime(), c.SettledAt?.ToUniversalTime(), c.Code, c.Detail,
        Encoding.UTF8.GetString(c.Body.Span[..Math.Min(c.Body.Length, BodyBytesShownMax)]));
}

/// <summary>Callbacks, the newest first.</summary>
/// <param name="Items">Up to the limit.</param>
/// <param name="Next">Cursor of the next page; missing on the last.</param>
sealed record CallbackPage(ImmutableArray<CallbackResource> Items, string? Next);

/// <summary>What the payment provider sends by itself, and what became of it.</summary>
static class CallbackEndpoints
{
    const string Rules =
        "Signed as Standard Webhooks has it: `webhook-id` names the callback however often it is sent, `webhook-timestamp` is within five minutes of now, and one of the signatures in "
        + "`webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over `{id}.{timestamp}.{body}`. It is kept before it is answered and applied after; a repeat changes nothing.";

    /// <summary>Callbacks of a page when nothing else is said.</summary>
    const int LimitDefault = 50;

    /// <summary>Callbacks of a page at most: with their bodies they make half a mebibyte.</summary>
    const int LimitMax = 200;

    /// <summary>Adds them.</summary>
    public static void MapCallbacks(this IEndpointRouteBuilder routes)
    {
        routes.MapGroup("/payments").WithTags("Payments")
            .MapPost("/callbacks/{provider}", (string provider, HttpContext http, CallbackDoor door, CancellationToken ct) => door.Take(provider, http, ct))
            .DisableRateLimiting()
            .Describe("TakePaymentCallback", "Takes a callback of the payment provider", Rules)
            .Accepts<ProviderCallback>("application/json")
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                foreach (var header in new[] { WebhookVerifier.IdHeader, WebhookVerifier.TimestampHeader, WebhookVerifier.SignatureHeader })
                {
                    (operation.Parameters ??= []).Add(new OpenApiParameter { Name = header, In = ParameterLocation.Header, Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
                }

                return Task.CompletedTask;
            })
            .Produces(204)
            .ProducesProblem(401)
            .ProducesProblem(404)
            .ProducesProblem(413);

        routes.MapGroup("/ops").WithTags("Operations")
            .MapGet("/callbacks", async (string? state, string? limit, string? cursor, ICallbackInbox inbox, CancellationToken ct) =>
            {
                var count = (int)Query.Whole("limit", limit, LimitDefault, 1, LimitMax);
                var before = string.IsNullOrEmpty(cursor) ? (long?)null : Query.Whole("cursor", cursor, 0, 1, long.MaxValue);
                var found = await inbox.List(Words.Value<CallbackState>("state", state), before, count + 1, ct).ConfigureAwait(false);
                var next = found.Count > count ? found[count - 1].Sequence.ToString(CultureInfo.InvariantCulture) : null;
                return TypedResults.Json(new CallbackPage([.. found.Take(count).Select(CallbackResource.Of)], next), ApiJson.Default.CallbackPage);
            })
            .Describe("ListCallbacks", "Callbacks of the payment provider, the newest first", "`state` is one of waiting, applied, contradicting, unreadable; the last two are for a person to look at.")
            .Answers<CallbackPage>(200, 400);
    }
}
