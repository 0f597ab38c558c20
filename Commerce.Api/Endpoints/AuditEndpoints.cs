using System.Collections.Immutable;
using System.Text.Json;
using Commerce.Api.Handling;
using Commerce.Api.Http;
using Commerce.Domain.Log;

namespace Commerce.Api.Endpoints;

/// <summary>Some events of a stream, oldest first.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="Events">The events.</param>
/// <param name="Next">What <c>from</c> to ask for next; missing: these are the last so far.</param>
sealed record StreamPage(string Stream, ImmutableArray<StreamEvent> Events, string? Next);

/// <summary>An event as the log holds it.</summary>
/// <param name="Revision">Its place in the stream, from 0.</param>
/// <param name="Position">Its place in the whole log.</param>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its versioned name.</param>
/// <param name="RecordedAt">When the log took it.</param>
/// <param name="Data">What happened.</param>
/// <param name="Metadata">Who asked, under which key, and when it happened in the world; missing where another program wrote none.</param>
sealed record StreamEvent(string Revision, string Position, Guid Id, string Type, DateTimeOffset RecordedAt, JsonElement Data, JsonElement? Metadata)
{
    /// <summary>As the log holds it.</summary>
    public static StreamEvent Of(RecordedEvent e) => new(
        LoggedJson.Text(e.Revision), LoggedJson.Text(e.Position.Value), e.Id, e.Type, e.RecordedAt.ToUniversalTime(), LoggedJson.Read(e.Data), e.Metadata.IsEmpty ? null : LoggedJson.Read(e.Metadata));
}

/// <summary>The log itself, for auditors: <c>/audit</c>.</summary>
static class AuditEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapAudit(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/audit").WithTags("Audit")
            .MapGet("/streams/{stream}", async (string stream, string? from, string? limit, IEventLog log, CancellationToken ct) =>
                StreamName.TryParse(stream, null, out var name)
                    && await StreamPages.Read(log, name, Query.Whole("from", from, 0, 0, long.MaxValue), (int)Query.Whole("limit", limit, StreamPages.LimitDefault, 1, StreamPages.LimitMax), ct) is { } page
                    ? TypedResults.Json(Shown(name, page), ApiJson.Default.StreamPage)
                    : (IResult)StreamUnknown)
            .Describe("ReadStream", "The events of a stream", "Oldest first, as they are recorded; `from` is a revision. A stream's name is e.g. `order-…`, `stock-SKU@main`, `product-SKU`.")
            .Answers<StreamPage>(200, 400, 404);

    /// <summary>404.</summary>
    public static Problem StreamUnknown => new(404, "stream-unknown", "There is no such stream.");

    static StreamPage Shown(StreamName stream, RecordedPage page) =>
        new(stream.Value, [.. page.Events.Select(StreamEvent.Of)], page.Next is { } next ? LoggedJson.Text(next) : null);
}
