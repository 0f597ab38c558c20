using System.Collections.Immutable;
using System.Text.Json;
using Commerce.Api.Handling;
using Commerce.Api.Http;
using Commerce.Domain.Log;
using Commerce.Projections.Auditing;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Commerce.Api.Endpoints;

/// <summary>An aggregate as it was.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Revision">Revision of the last event that made it; missing: none had happened.</param>
/// <param name="Position">That event's place in the whole log.</param>
/// <param name="RecordedAt">When the log took that event.</param>
/// <param name="State">Its state, as the code that decides had it.</param>
sealed record PastStateResource(string Stream, string? Revision, string? Position, DateTimeOffset? RecordedAt, JsonElement State)
{
    /// <summary>As it is shown.</summary>
    public static PastStateResource Of(StreamName stream, PastState past) => new(
        stream.Value,
        past.Last is { } last ? LoggedJson.Text(last.Revision) : null,
        past.Last is { } at ? LoggedJson.Text(at.Position.Value) : null,
        past.Last?.RecordedAt.ToUniversalTime(),
        past.State);
}

/// <summary>What changed in an aggregate between two moments.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="From">Revision at the first moment; missing: none had happened.</param>
/// <param name="To">Revision at the second.</param>
/// <param name="Changes">Every place that differs.</param>
sealed record PastStateChanges(string Stream, string? From, string? To, ImmutableArray<StateDifference> Changes);

/// <summary>Aggregates as they were, for auditors: <c>/audit/streams/{stream}/state</c> and <c>…/diff</c>.</summary>
static class PastStateEndpoints
{
    /// <summary>422: events, and no state.</summary>
    public static readonly Problem NoAggregate = new(422, "stream-no-aggregate", "This stream is not that of an aggregate: it has events, and no state.");

    /// <summary>Adds them.</summary>
    public static void MapPastStates(this IEndpointRouteBuilder routes)
    {
        var streams = routes.MapGroup("/audit/streams/{stream}").WithTags("Audit");
        streams.MapGet("/state", async (string stream, string? asOf, IEventLog log, CancellationToken ct) =>
                await Answer(stream, async name => TypedResults.Json(PastStateResource.Of(name, await PastState.Read(log, name, MomentOf("asOf", asOf), ct)), ApiJson.Default.PastStateResource), log, ct))
            .Describe("ReadPastState", "An aggregate as it was at a moment", $"`asOf` is {Moment.Rule}; without it, as it is now. It is made anew of the stream's events by the code that decides.")
            .Answers<PastStateResource>(200, 400, 404, 422);

        streams.MapGet("/diff", async (string stream, string? from, string? to, IEventLog log, CancellationToken ct) =>
                await Answer(stream, async name => Changes(name, await PastState.Read(log, name, MomentOf("from", from), ct), await PastState.Read(log, name, MomentOf("to", to), ct)), log, ct))
            .Describe("ComparePastStates", "What changed in an aggregate between two moments", $"`from` and `to` are each {Moment.Rule}; without one of them, as it is now.")
            .Answers<PastStateChanges>(200, 400, 404, 422);
    }

    /// <summary>422: more events than can be replayed.</summary>
    public static Problem TooLong(string detail) => new(422, "stream-too-long", detail);

    static Moment MomentOf(string name, string? text) => Query.Value<Moment>(name, text, Moment.Rule) ?? default;

    static JsonHttpResult<PastStateChanges> Changes(StreamName stream, PastState from, PastState to) => TypedResults.Json(
        new PastStateChanges(stream.Value, PastStateResource.Of(stream, from).Revision, PastStateResource.Of(stream, to).Revision, [.. StateDifference.Between(from.State, to.State)]),
        ApiJson.Default.PastStateChanges);

    static async Task<IResult> Answer(string stream, Func<StreamName, Task<IResult>> answer, IEventLog log, CancellationToken cancellationToken)
    {
        if (!StreamName.TryParse(stream, null, out var name) || !await StreamPages.Exists(log, name, cancellationToken).ConfigureAwait(false))
        {
            return AuditEndpoints.StreamUnknown;
        }

        try
        {
            return PastState.IsOf(name) ? await answer(name).ConfigureAwait(false) : NoAggregate;
        }
        catch (StreamTooLongException e)
        {
            return TooLong(e.Message);
        }
    }
}
