using System.Diagnostics;
using System.Diagnostics.Metrics;
using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog;

/// <summary>What operators see of appends by commands and sagas.</summary>
static class AppendTelemetry
{
    /// <summary>Commands of one append that get a span of it: as many as exporters keep links of (OpenTelemetry's default limit).</summary>
    public const int SpansMax = 128;

    /// <summary>Events that became durable, by type: <c>order-confirmed.v1</c> and its like are the orders by what became of them.</summary>
    static readonly Counter<long> Events =
        CommerceTelemetry.Meter.CreateCounter<long>("commerce.log.events", "{event}", "Events appended, by type.");

    /// <summary>From an append's beginning to the log's answer, by category of the stream and outcome.</summary>
    static readonly Histogram<double> Duration =
        CommerceTelemetry.Meter.CreateHistogram("commerce.log.append.duration", "s", "Time of appends, by category and outcome.", advice: CommerceTelemetry.Seconds);

    /// <summary>Counts an append that has ended.</summary>
    /// <param name="stream">Where.</param>
    /// <param name="events">What was to be written.</param>
    /// <param name="result">The log's answer; null: it gave none.</param>
    /// <param name="started">Timestamp of <see cref="Stopwatch"/> at its beginning.</param>
    public static void Ended(StreamName stream, IReadOnlyList<NewEvent> events, AppendResult? result, long started)
    {
        if (Duration.Enabled)
        {
            Duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, new("category", stream.Category), new("outcome", OutcomeOf(result)));
        }

        if (Events.Enabled && result is AppendResult.Appended)
        {
            foreach (var e in events)
            {
                Events.Add(1, new KeyValuePair<string, object?>("type", e.Type));
            }
        }
    }

    /// <summary>
    /// Shows an append that has ended in the traces of all whom it served: a span under each, from its beginning to its end. Those
    /// after the first are linked to the first, so that one sees that they are the same append.
    /// </summary>
    /// <param name="stream">Where.</param>
    /// <param name="served">Spans of those whom it served; only what is recorded shows it, <see cref="SpansMax"/> at most.</param>
    /// <param name="count">Events written for all of them.</param>
    /// <param name="result">The log's answer; null: it gave none.</param>
    /// <param name="started">Timestamp of <see cref="Stopwatch"/> at its beginning.</param>
    public static void Show(StreamName stream, IEnumerable<Activity?> served, int count, AppendResult? result, long started)
    {
        var (start, name) = (DateTimeOffset.UtcNow - Stopwatch.GetElapsedTime(started), $"append {stream.Category}");
        ActivityLink[]? shared = null;
        foreach (var parent in served.Where(a => a is { Recorded: true }).Take(SpansMax))
        {
            using var span = CommerceTelemetry.Source.StartActivity(name, ActivityKind.Internal, parent?.Context ?? default, tags: null, shared, start);
            span?.SetTag("commerce.stream", stream.Value).SetTag("commerce.events", count).SetTag("commerce.outcome", OutcomeOf(result));
            span?.SetStatus(result is null ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
            shared ??= span is null ? null : [new ActivityLink(span.Context)];
        }
    }

    static string OutcomeOf(AppendResult? result) => result switch
    {
        AppendResult.Appended => "appended",
        AppendResult.WrongExpectedRevision => "conflict",
        _ => "failed",
    };
}
