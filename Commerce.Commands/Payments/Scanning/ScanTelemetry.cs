using System.Diagnostics.Metrics;

namespace Commerce.Commands.Payments.Scanning;

/// <summary>What operators see of movements without an answer: figures of the meter <c>Commerce</c>, at the process that scans.</summary>
static class ScanTelemetry
{
    static readonly Meter Meter = new("Commerce");

    static readonly Counter<long> Asked =
        Meter.CreateCounter<long>("commerce.payments.asked", "{movement}", "Movements without an answer that the provider was asked for, by outcome.");

    static long open;
    static double oldestSeconds;

    static ScanTelemetry()
    {
        Meter.CreateObservableGauge("commerce.payments.unanswered", () => Volatile.Read(ref open), "{movement}", "Movements that were asked for and have no answer.");
        Meter.CreateObservableGauge("commerce.payments.unanswered_age", () => Volatile.Read(ref oldestSeconds), "s", "Age of the oldest of them.");
    }

    /// <summary>What is open now.</summary>
    public static void Saw(OpenSummary summary, DateTimeOffset now)
    {
        Volatile.Write(ref open, summary.Count);
        Volatile.Write(ref oldestSeconds, summary.OldestAt is { } at ? Math.Max(0, (now - at).TotalSeconds) : 0);
    }

    /// <summary>Movements were asked for.</summary>
    public static void Note(AskOutcome outcome) => Asked.Add(1, new KeyValuePair<string, object?>("outcome", outcome switch
    {
        AskOutcome.Settled => "settled",
        AskOutcome.Requested => "requested",
        AskOutcome.Unwanted => "unwanted",
        _ => "open",
    }));
}
