using Commerce.Api.Http;
using Commerce.Commands.Sagas.DeadLetters;
using Commerce.Domain.DeadLetters;

namespace Commerce.Api.Endpoints;

/// <summary>Messages that could not be handled, for operators: <c>/ops/dead-letters</c>.</summary>
static class DeadLetterEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        var letters = routes.MapGroup("/ops/dead-letters").WithTags("Operations");

        letters.MapGet("/", async (string? state, string? limit, string? cursor, DeadLetterDesk desk, CancellationToken ct) =>
            {
                var page = QueryAnswers.Page(limit, cursor);
                var found = await desk.List(Words.Value("state", state, DeadLetterStatus.None), After(page.Cursor), page.Limit + 1, ct);
                return TypedResults.Json(
                    new DeadLetterPage([.. found.Take(page.Limit).Select(DeadLetterResource.Of)], found.Count > page.Limit ? LetterCursor.After(found[page.Limit - 1]).ToString() : null),
                    ApiJson.Default.DeadLetterPage);
            })
            .Describe("ListDeadLetters", "Messages that could not be handled, those that somebody has to decide about first", "`state` is one of open, replaying, handled, discarded.")
            .Answers<DeadLetterPage>(200);

        letters.MapGet("/{id}", async (Guid id, DeadLetterDesk desk, CancellationToken ct) =>
                await desk.Find(id, ct) is { } letter
                    ? TypedResults.Json(DeadLetterResource.Of(letter), ApiJson.Default.DeadLetterResource)
                    : (IResult)Problems.Of(DeadLetterRejections.Unknown))
            .Describe("GetDeadLetter", "A message that could not be handled")
            .Answers<DeadLetterResource>(200, 404);

        letters.MapPost("/{id}/replay", async (Guid id, Body<ReplayDeadLetter> body, CommandRequest request, DeadLetterDesk desk, CancellationToken ct) =>
                (await desk.Replay(id, body.Value.Reason, request.Context(body.Value, ApiJson.Default.ReplayDeadLetter), ct))
                    .Ok(ApiJson.Default.DeadLetterDecided, done => new(id, done.Position.ToString())))
            .Command("ReplayDeadLetter", "Have it handled again, and then what waits behind it, in order", isKeyRequired: false)
            .Answers<DeadLetterDecided>(200, 404, 409, 412, 422);

        letters.MapPost("/{id}/discard", async (Guid id, Body<DiscardDeadLetter> body, CommandRequest request, DeadLetterDesk desk, CancellationToken ct) =>
                (await desk.Discard(id, body.Value.Reason, request.Context(body.Value, ApiJson.Default.DiscardDeadLetter), ct))
                    .Ok(ApiJson.Default.DeadLetterDecided, done => new(id, done.Position.ToString())))
            .Command("DiscardDeadLetter", "Give it up for good; what waits behind it goes on", isKeyRequired: false)
            .Answers<DeadLetterDecided>(200, 404, 409, 412, 422);
    }

    static LetterCursor? After(string? cursor) =>
        cursor is null ? null : LetterCursor.TryParse(cursor, out var after) ? after : throw Query.Refused("cursor", "cursor is none that this list gave.");
}
