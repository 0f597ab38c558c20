using Commerce.Api.Http;
using Commerce.Commands.Access;
using Commerce.Domain.Access;

namespace Commerce.Api.Endpoints;

/// <summary>Keys of the API, for operators: <c>/keys</c>.</summary>
static class KeyEndpoints
{
    /// <summary>Minutes for which an old key is valid beside the new one when nothing else is said: a day, for whoever has to hand it on.</summary>
    const int OverlapMinutesDefault = 24 * 60;

    /// <summary>Minutes for which a key may go on at most.</summary>
    const int MinutesMax = 30 * 24 * 60;

    /// <summary>Adds them.</summary>
    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/keys").WithTags("Keys");

        keys.MapPost("/", (Body<CreateKey> body, CommandRequest request, KeyDesk desk, KnownKeys known, CancellationToken ct) =>
                Answer(desk.Create(GrantOf(body.Value), request.Context(body.Value, ApiJson.Default.CreateKey), ct), known, ct))
            .Command("CreateKey", "Make a key for a client; it is shown in this answer and never again", isKeyRequired: true)
            .Answers<KeyCreated>(201, 409, 422);

        keys.MapGet("/", async (KeyDesk desk, CancellationToken ct) =>
                TypedResults.Json(new KeyList([.. (await desk.List(ct)).Select(KeyResource.Of)]), ApiJson.Default.KeyList))
            .Describe("ListKeys", "Keys of the API, the newest first, without what is secret")
            .Answers<KeyList>(200);

        keys.MapPost("/{id}/rotate", (string id, Body<RotateKey> body, CommandRequest request, KeyDesk desk, KnownKeys known, CancellationToken ct) =>
            {
                var overlap = Minutes("overlapMinutes", body.Value.OverlapMinutes, OverlapMinutesDefault);
                return Answer(desk.Rotate(id, overlap, body.Value.ExpiresAt?.ToUniversalTime(), request.Context(body.Value, ApiJson.Default.RotateKey), ct), known, ct);
            })
            .Command("RotateKey", "Make a key that does what this one does, which ends a while later", isKeyRequired: true)
            .Answers<KeyCreated>(201, 404, 409, 422);

        keys.MapPost("/{id}/revoke", async (string id, Body<RevokeKey> body, CommandRequest request, KeyDesk desk, KnownKeys known, CancellationToken ct) =>
            {
                var outcome = await desk.Revoke(id, Minutes("afterMinutes", body.Value.AfterMinutes, 0), body.Value.Reason, request.Context(body.Value, ApiJson.Default.RevokeKey), ct);
                await known.Look(ct);
                return outcome.Ok(ApiJson.Default.KeyRevoked, done => new(id, done.Position.ToString()));
            })
            .Command("RevokeKey", "End a key, now or in a while", isKeyRequired: false)
            .Answers<KeyRevoked>(200, 404, 412, 422);
    }

    // This process takes the key from now on; the others within a second.
    static async Task<IResult> Answer(Task<KeyMade> making, KnownKeys known, CancellationToken cancellationToken)
    {
        var made = await making.ConfigureAwait(false);
        await known.Look(cancellationToken).ConfigureAwait(false);
        return made.Outcome.Created("/keys", ApiJson.Default.KeyCreated, done => new(
            done.Events.OfType<AccessKeyEvent.Created>().Single().Id, made.Key?.Text, done.Position.ToString()));
    }

    static AccessGrant GrantOf(CreateKey body) => new(body.Client, Words.Value<AccessRole>("role", body.Role) ?? throw Query.Refused("role", "A role is needed."))
    {
        Customers = body.Customers ?? [],
        EveryCustomer = body.EveryCustomer,
        ExpiresAt = body.ExpiresAt?.ToUniversalTime(),
    };

    static TimeSpan Minutes(string name, int? minutes, int whenMissing) => minutes is < 0 or > MinutesMax
        ? throw Query.Refused(name, $"{name} is 0 to {MinutesMax}.")
        : TimeSpan.FromMinutes(minutes ?? whenMissing);
}
