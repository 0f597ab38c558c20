using System.Diagnostics;
using System.Diagnostics.Metrics;
using Commerce.Domain.Log;

namespace Commerce.Commands.Sagas.Relay;

/// <summary>What operators see of the relay.</summary>
static class RelayTelemetry
{
    static long outstanding;

    // Asked for, not told: who begins to listen meanwhile would never hear of those that are under way already.
    static readonly ObservableUpDownCounter<long> Shown = CommerceTelemetry.Meter.CreateObservableUpDownCounter(
        "commerce.relay.outstanding", () => Volatile.Read(ref outstanding), "{event}", "Events read from the log and not yet durable with their receiver.");

    /// <summary>Events that the broker has, by type.</summary>
    static readonly Counter<long> Sent = CommerceTelemetry.Meter.CreateCounter<long>("commerce.relay.sent", "{event}", "Events sent to the broker, by type.");

    /// <summary>From the log taking an event to the broker having it.</summary>
    static readonly Histogram<double> Lag =
        CommerceTelemetry.Meter.CreateHistogram("commerce.relay.lag", "s", "From the log taking an event to the broker having it.", advice: CommerceTelemetry.Seconds);

    /// <summary>Has the figure of events that were read and are not done with, lanes included, change by so many: a full window means that the broker or its consumers are slow.</summary>
    public static void Outstanding(int change) => Interlocked.Add(ref outstanding, change);

    /// <summary>
    /// The span of an event's way to the broker, below what led to the event. An event that is not recorded gets one as well, which
    /// nobody sees: without it what follows would begin a trace of its own.
    /// </summary>
    public static Activity? StartSend(Fact fact)
    {
        if (!CommerceTelemetry.Source.HasListeners() || !ActivityContext.TryParse(fact.Metadata.TraceParent, null, isRemote: true, out var context))
        {
            return null;
        }

        return CommerceTelemetry.Source.StartActivity($"relay {fact.Event.Type}", ActivityKind.Internal, context)?.SetTag("commerce.stream", fact.Event.Stream.Value);
    }

    /// <param name="sent">What the broker has now.</param>
    /// <param name="now">When it said so.</param>
    public static void Ended(RecordedEvent sent, DateTimeOffset now)
    {
        if (Sent.Enabled)
        {
            Sent.Add(1, new KeyValuePair<string, object?>("type", sent.Type));
        }

        Lag.Record(Math.Max(0, (now - sent.RecordedAt).TotalSeconds));
    }
}
