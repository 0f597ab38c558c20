using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Commerce.Commands;

/// <summary>The names under which this layer shows what it does. Without a listener none of it costs anything.</summary>
static class CommerceTelemetry
{
    /// <summary>Name of the source of spans and of the meter.</summary>
    public const string Name = "Commerce";

    /// <summary>Spans.</summary>
    public static readonly ActivitySource Source = new(Name);

    /// <summary>Starts a span below the one that is under way or, where that is no part of the trace, below what led to it. Null: nobody listens.</summary>
    /// <param name="name">Of the span.</param>
    /// <param name="traceParent">W3C trace context of what led to it; null: unknown.</param>
    public static Activity? Start(string name, string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var cause) && Activity.Current?.TraceId != cause.TraceId
            ? Source.StartActivity(name, ActivityKind.Consumer, cause)
            : Source.StartActivity(name);

    /// <summary>Figures.</summary>
    public static readonly Meter Meter = new(Name);

    /// <summary>Bounds of histograms in seconds: from an append in memory to an order that waited for an outage.</summary>
    public static readonly InstrumentAdvice<double> Seconds =
        new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] };
}
