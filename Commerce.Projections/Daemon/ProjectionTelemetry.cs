using System.Diagnostics;
using System.Diagnostics.Metrics;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon.Feeding;

namespace Commerce.Projections.Daemon;

/// <summary>What operators see of the projections. Without a listener none of it costs anything.</summary>
static class ProjectionTelemetry
{
    /// <summary>Name of the source of spans and of the meter.</summary>
    public const string Name = "Commerce";

    /// <summary>Spans of one batch at most: as many as exporters keep links of (OpenTelemetry's default limit).</summary>
    public const int SpansMax = 128;

    /// <summary>Older events are part of a rebuild, whose spans would come years after the rest of their traces.</summary>
    public static readonly TimeSpan SpanAgeMax = TimeSpan.FromMinutes(5);

    static readonly ActivitySource Source = new(Name);

    static readonly Meter Meter = new(Name);

    static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600] };

    /// <summary>Events that readers can see, by projection.</summary>
    static readonly Counter<long> Events =
        Meter.CreateCounter<long>("commerce.projection.events", "{event}", "Events applied, by projection.");

    /// <summary>Time of a batch, its transaction included, by projection.</summary>
    static readonly Histogram<double> Duration =
        Meter.CreateHistogram("commerce.projection.batch.duration", "s", "Time of applying a batch, by projection.", advice: Seconds);

    /// <summary>From the log taking an event to readers seeing it, of the oldest event of each batch, by projection.</summary>
    static readonly Histogram<double> Lag =
        Meter.CreateHistogram("commerce.projection.lag", "s", "From the log taking an event to readers seeing it, by projection.", advice: Seconds);

    /// <summary>Shows a batch that readers can see now.</summary>
    /// <param name="projection">Name of the projection.</param>
    /// <param name="batch">Its events, one at least.</param>
    /// <param name="started">Timestamp of <see cref="Stopwatch"/> at which it was begun.</param>
    /// <param name="now">When it was done.</param>
    public static void Applied(string projection, IReadOnlyList<LoggedEvent> batch, long started, DateTimeOffset now)
    {
        var tag = new KeyValuePair<string, object?>("projection", projection);
        var duration = Stopwatch.GetElapsedTime(started);
        if (Events.Enabled || Duration.Enabled || Lag.Enabled)
        {
            Events.Add(batch.Count, tag);
            Duration.Record(duration.TotalSeconds, tag);
            Lag.Record(Math.Max(0, (now - batch[0].Recorded.RecordedAt).TotalSeconds), tag);
        }

        if (MayShow(batch[^1].Recorded, now))
        {
            Show(projection, batch, now - duration);
        }
    }

    /// <summary>Whether anybody is shown what is made of an event at this time.</summary>
    public static bool MayShow(RecordedEvent recorded, DateTimeOffset now) => Source.HasListeners() && now - recorded.RecordedAt < SpanAgeMax;

    // A batch serves many commands: each that is recorded has a span of the whole batch below it. Those after the first are linked
    // to the first, so that one sees that they are the same batch.
    static void Show(string projection, IReadOnlyList<LoggedEvent> batch, DateTimeOffset start)
    {
        var served = new HashSet<ActivitySpanId>();
        ActivityLink[]? shared = null;
        foreach (var logged in batch)
        {
            if (served.Count == SpansMax)
            {
                return;
            }

            if (ActivityContext.TryParse(logged.TraceParent, null, isRemote: true, out var parent)
                && parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) && served.Add(parent.SpanId))
            {
                using var span = Source.StartActivity($"project {projection}", ActivityKind.Internal, parent, tags: null, shared, start);
                span?.SetTag("commerce.events", batch.Count);
                shared ??= span is null ? null : [new ActivityLink(span.Context)];
            }
        }
    }
}
