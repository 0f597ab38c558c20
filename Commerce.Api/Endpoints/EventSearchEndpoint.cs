using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Commerce.Api.Http;
using Commerce.Api.Reports;
using Commerce.Domain.Log;
using Commerce.Projections.Auditing;
using Microsoft.AspNetCore.Mvc;

namespace Commerce.Api.Endpoints;

/// <summary>Some events of the whole log.</summary>
/// <param name="Events">In the order of the log. A page may be short, even empty.</param>
/// <param name="Next">What <c>after</c> to ask for next; missing: these are the last so far.</param>
sealed record LoggedEventPage(ImmutableArray<LoggedEventResource> Events, string? Next);

/// <summary>An event of the whole log.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Revision">Its place in the stream, from 0.</param>
/// <param name="Position">Its place in the whole log.</param>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its versioned name.</param>
/// <param name="RecordedAt">When the log took it.</param>
/// <param name="Data">What happened; missing where that is no JSON.</param>
/// <param name="DataBase64">What happened, where it is no JSON: its bytes.</param>
/// <param name="Metadata">Who asked, under which key, and when it happened in the world; missing where another program wrote none.</param>
sealed record LoggedEventResource(
    string Stream, string Revision, string Position, Guid Id, string Type, DateTimeOffset RecordedAt, JsonElement? Data, string? DataBase64, JsonElement? Metadata)
{
    /// <summary>As the log holds it.</summary>
    public static LoggedEventResource Of(RecordedEvent e)
    {
        var data = LoggedJson.TryRead(e.Data);
        return new(
            e.Stream.Value, LoggedJson.Text(e.Revision), LoggedJson.Text(e.Position.Value), e.Id, e.Type, e.RecordedAt.ToUniversalTime(),
            data, data is null ? Convert.ToBase64String(e.Data.Span) : null, LoggedJson.TryRead(e.Metadata));
    }
}

/// <summary>What the address takes.</summary>
/// <param name="Type">Versioned name of events.</param>
/// <param name="From">Where to begin.</param>
/// <param name="To">Where to end.</param>
/// <param name="CorrelationId">What one request set off.</param>
/// <param name="After">What a page gave as <c>next</c>.</param>
/// <param name="Limit">Events at most.</param>
/// <param name="Format"><c>json</c> or <c>ndjson</c>.</param>
readonly record struct EventSearchQuery(
    [FromQuery(Name = "type")] string? Type, [FromQuery(Name = "from")] string? From, [FromQuery(Name = "to")] string? To, [FromQuery(Name = "correlationId")] string? CorrelationId,
    [FromQuery(Name = "after")] string? After, [FromQuery(Name = "limit")] string? Limit, [FromQuery(Name = "format")] string? Format)
{
    /// <summary>Which events.</summary>
    /// <exception cref="RefusedRequestException">A parameter is not what it may be.</exception>
    public EventQuery Query => new()
    {
        Type = Http.Query.Text("type", Type, EventQuery.TextLengthMax),
        CorrelationId = Http.Query.Text("correlationId", CorrelationId, EventQuery.TextLengthMax),
        From = MomentOf("from", From),
        To = MomentOf("to", To),
    };

    /// <summary>Behind which position.</summary>
    /// <exception cref="RefusedRequestException">It is none.</exception>
    public LogPosition? Position => string.IsNullOrEmpty(After) ? null : new(Http.Query.Whole("after", After, 0, 0, long.MaxValue));

    static Moment? MomentOf(string name, string? text) => Http.Query.Value<Moment>(name, text, Moment.RuleOfLog) switch
    {
        { IsOfLog: false } => throw Http.Query.Refused(name, $"{name} is {Moment.RuleOfLog}."),
        var moment => moment,
    };
}

/// <summary>Events of the whole log, for auditors: <c>/audit/events</c>.</summary>
static class EventSearchEndpoint
{
    /// <summary>Events of a page when nothing else is said.</summary>
    public const int LimitDefault = 100;

    /// <summary>Events of one NDJSON answer: some 500 MB. Who wants more goes on behind the last line's position, or exports on the command line.</summary>
    const int LinesMax = 1_000_000;

    /// <summary>Lines between two flushes: each waits until the reader has taken what is before it.</summary>
    const int LinesPerFlush = 256;

    static readonly ReportFormat[] Formats = [ReportFormat.Json, ReportFormat.Ndjson];

    /// <summary>Adds it.</summary>
    public static void MapEventSearch(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/audit").WithTags("Audit")
            .MapGet("/events", ([AsParameters] EventSearchQuery query, HttpRequest request, EventSearch search) => Answer(query, request, search))
            .Describe(
                "SearchEvents",
                "Events of the whole log by type, correlation id and time or position",
                $"`from` and `to` are each {Moment.RuleOfLog}: a position means behind it and up to it, a day all of it, a time when it happened in the world. The log is read for it, "
                + $"{EventSearch.LookedThroughMax:N0} events for a page at most, so a page may be short, even empty: as long as there is `next` there may be more; ask with `after` for that. "
                + $"`format=ndjson`, or `Accept`, gives all of them in one answer, up to `limit`, {LinesMax:N0} at most, a line each as they are read; `after` the last line's position goes on.")
            .Answers<LoggedEventPage>(200, 400, 406, 503)
            .WithRequestTimeout(HttpLimits.ReportTimeout);

    static IResult Answer(EventSearchQuery query, HttpRequest request, EventSearch search) => ReportFormats.Choose(request, query.Format, Formats) switch
    {
        ReportFormat.Json => new Searching(query, (int)Query.Whole("limit", query.Limit, LimitDefault, 1, EventSearch.LimitMax), search, Page),
        ReportFormat.Ndjson => new Searching(query, (int)Query.Whole("limit", query.Limit, LinesMax, 1, LinesMax), search, Lines),
        _ => Problems.NotAcceptable,
    };

    static async Task Page(Searching searching, HttpContext http)
    {
        var found = await searching.Search.Page(searching.Query, searching.After, searching.Limit, http.RequestAborted).ConfigureAwait(false);
        var page = new LoggedEventPage([.. found.Events.Select(LoggedEventResource.Of)], found.Next is { } next ? LoggedJson.Text(next.Value) : null);
        await TypedResults.Json(page, ApiJson.Default.LoggedEventPage).ExecuteAsync(http).ConfigureAwait(false);
    }

    static async Task Lines(Searching searching, HttpContext http)
    {
        var events = searching.Search.All(searching.Query, searching.After, http.RequestAborted).GetAsyncEnumerator(http.RequestAborted);
        await using (events.ConfigureAwait(false))
        {
            // Read before anything is sent: a log that is away can still be answered by its problem.
            var isThere = await events.MoveNextAsync().ConfigureAwait(false);
            var to = http.Response.BodyWriter;
            http.Response.ContentType = ReportFormats.ContentType(ReportFormat.Ndjson);
            http.Response.Headers[CommerceHeaders.RowLimit] = searching.Limit.ToString(CultureInfo.InvariantCulture);
            await using var json = new Utf8JsonWriter(to);
            for (var lines = 1; isThere; lines++)
            {
                JsonSerializer.Serialize(json, LoggedEventResource.Of(events.Current), ApiJson.Default.LoggedEventResource);
                json.Flush();
                json.Reset();
                to.Write("\n"u8);
                if (lines % LinesPerFlush == 0)
                {
                    await to.FlushAsync(http.RequestAborted).ConfigureAwait(false);
                }

                isThere = lines < searching.Limit && await events.MoveNextAsync().ConfigureAwait(false);
            }

            await to.FlushAsync(http.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>A search that begins when it is its turn, and is refused where it has none.</summary>
    sealed class Searching(EventSearchQuery query, int limit, EventSearch search, Func<Searching, HttpContext, Task> answer) : IResult
    {
        public EventQuery Query { get; } = query.Query;

        public LogPosition? After { get; } = query.Position;

        public int Limit => limit;

        public EventSearch Search => search;

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            using var turn = search.Begin();
            try
            {
                await (turn is null ? Problems.TooManySearches.ExecuteAsync(httpContext) : answer(this, httpContext)).ConfigureAwait(false);
            }
            catch (EventLogUnavailableException) when (!httpContext.Response.HasStarted && (After ?? Query.From?.Position) is { } position)
            {
                // EventStoreDB has no word of its own for a position that is none: while it answers everything else, that is what it was.
                await search.Head(httpContext.RequestAborted).ConfigureAwait(false);
                var name = After is null ? "from" : "after";
                await Problems.Parameter(name, $"{name} is a position that an event has, and none has {position}.").ExecuteAsync(httpContext).ConfigureAwait(false);
            }
        }
    }
}
