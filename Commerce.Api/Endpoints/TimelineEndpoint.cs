using System.Collections.Immutable;
using System.Text.Json;
using Commerce.Api.Http;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Projections.Timelines;

namespace Commerce.Api.Endpoints;

/// <summary>Some of an order's line of time.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Events">Events in the order of the log; of stock and of a flash sale, only those about this order. A page may be short, even empty.</param>
/// <param name="Next">What <c>after</c> to ask for next; missing: these are the last so far.</param>
sealed record TimelinePage(OrderId OrderId, ImmutableArray<TimelineEvent> Events, string? Next);

/// <summary>One event of the line.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Revision">Its place in the stream, from 0.</param>
/// <param name="Position">Its place in the whole log.</param>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its versioned name.</param>
/// <param name="OccurredAt">When it happened in the world; missing where another program wrote it.</param>
/// <param name="RecordedAt">When the log took it.</param>
/// <param name="Actor">Who asked: a client, <c>saga</c>, <c>payments</c>, <c>deadlines</c>, …</param>
/// <param name="CommandId">The command that it came of, where that has an id.</param>
/// <param name="CorrelationId">Shared by everything that one request set off.</param>
/// <param name="CausationId">What led to it: the id of an event that stands before it; of what a client asked for, that command's own id.</param>
/// <param name="Data">What happened.</param>
sealed record TimelineEvent(
    string Stream, string Revision, string Position, Guid Id, string Type, DateTimeOffset? OccurredAt, DateTimeOffset RecordedAt,
    string? Actor, string? CommandId, string? CorrelationId, string? CausationId, JsonElement Data)
{
    /// <summary>As the log holds it.</summary>
    public static TimelineEvent Of(RecordedEvent e)
    {
        var metadata = EventMetadata.TryRead(e.Metadata);
        return new(
            e.Stream.Value, LoggedJson.Text(e.Revision), LoggedJson.Text(e.Position.Value), e.Id, e.Type, metadata?.OccurredAt.ToUniversalTime(), e.RecordedAt.ToUniversalTime(),
            metadata?.Actor, metadata?.CommandId, metadata?.CorrelationId, metadata?.CausationId ?? metadata?.CommandId, LoggedJson.Read(e.Data));
    }
}

/// <summary>An order's whole story, for auditors: <c>/audit/orders/{id}/timeline</c>.</summary>
static class TimelineEndpoint
{
    /// <summary>Events of a page when nothing else is said: the whole story of most orders.</summary>
    public const int LimitDefault = 200;

    /// <summary>Adds it.</summary>
    public static void MapTimeline(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/audit").WithTags("Audit")
            .MapGet("/orders/{id}/timeline", async (OrderId id, string? after, string? limit, OrderTimeline timeline, CancellationToken ct) =>
                Answer(id, await timeline.Read(
                    id, new LogPosition(Query.Whole("after", after, 0, 0, long.MaxValue)), (int)Query.Whole("limit", limit, LimitDefault, 1, OrderTimeline.LimitMax), ct)))
            .Describe(
                "ReadTimeline",
                "Everything that happened to an order, in one line of time",
                "Order, payment, fulfilment, stock and the claim in a flash sale, as they are recorded, with what led to what. `after` is a position. It is read from the log, so it waits for no read model.")
            .Answers<TimelinePage>(200, 400, 404, 422);

    /// <summary>The order's streams are too many.</summary>
    public static Problem TooWide(Timeline.TooWide wide) =>
        new(422, "timeline-too-wide", $"The order may be served from {wide.Streams} streams, of which {OrderTimeline.StreamsMax} can be read together: read them one by one.");

    static IResult Answer(OrderId order, Timeline timeline) => timeline switch
    {
        Timeline.Page page => TypedResults.Json(
            new TimelinePage(order, [.. page.Events.Select(TimelineEvent.Of)], page.Next is { } next ? LoggedJson.Text(next.Value) : null), ApiJson.Default.TimelinePage),
        Timeline.TooWide wide => TooWide(wide),
        _ => Problems.Of(OrderRejections.Unknown),
    };
}
