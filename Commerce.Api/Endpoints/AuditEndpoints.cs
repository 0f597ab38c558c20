using System.Collections.Immutable;
using System.Text.Json;
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
sealed record StreamEvent(string Revision, string Position, Guid Id, string Type, DateTimeOffset RecordedAt, JsonElement Data, JsonElement? Metadata);

/// <summary>The log itself, for auditors: <c>/audit</c>.</summary>
static class AuditEndpoints
{
    /// <summary>Events of a page when nothing else is said.</summary>
    const int LimitDefault = 100;

    /// <summary>Events of a page at most: of usual size, they make half a mebibyte.</summary>
    const int LimitMax = 1_000;

    /// <summary>Adds them.</summary>
    public static void MapAudit(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/audit").WithTags("Audit")
            .MapGet("/streams/{stream}", async (string stream, string? from, string? limit, IEventLog log, CancellationToken ct) =>
                StreamName.TryParse(stream, null, out var name)
                    ? await Page(log, name, Query.Whole("from", from, 0, 0, long.MaxValue), (int)Query.Whole("limit", limit, LimitDefault, 1, LimitMax), ct)
                    : StreamUnknown)
            .Describe("ReadStream", "The events of a stream", "Oldest first, as they are recorded; `from` is a revision. A stream's name is e.g. `order-…`, `stock-SKU@main`, `product-SKU`.")
            .Answers<StreamPage>(200, 400, 404);

    /// <summary>404.</summary>
    public static Problem StreamUnknown => new(404, "stream-unknown", "There is no such stream.");

    static async Task<IResult> Page(IEventLog log, StreamName stream, long from, int limit, CancellationToken cancellationToken)
    {
        var events = ImmutableArray.CreateBuilder<StreamEvent>();
        var revision = from;
        await foreach (var e in log.ReadStream(stream, ReadDirection.Forwards, from, limit, cancellationToken).ConfigureAwait(false))
        {
            events.Add(new(LoggedJson.Text(e.Revision), LoggedJson.Text(e.Position.Value), e.Id, e.Type, e.RecordedAt.ToUniversalTime(), LoggedJson.Read(e.Data), e.Metadata.IsEmpty ? null : LoggedJson.Read(e.Metadata)));
            revision = e.Revision;
        }

        // Past the end of a stream that exists is an empty page: whoever follows a stream asks for it again.
        return events.Count == 0 && !await Exists(log, stream, cancellationToken).ConfigureAwait(false)
            ? StreamUnknown
            : TypedResults.Json(new StreamPage(stream.Value, events.ToImmutable(), events.Count < limit ? null : LoggedJson.Text(revision + 1)), ApiJson.Default.StreamPage);
    }

    /// <summary>Whether the stream has an event.</summary>
    public static async Task<bool> Exists(IEventLog log, StreamName stream, CancellationToken cancellationToken)
    {
        await foreach (var _ in log.ReadStream(stream, ReadDirection.Forwards, 0, 1, cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        return false;
    }
}
