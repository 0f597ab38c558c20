using System.Diagnostics.Metrics;

namespace Commerce.Commands.Payments.Callbacks;

/// <summary>What operators see of callbacks: figures of the meter <c>Commerce</c>.</summary>
public static class CallbackTelemetry
{
    static readonly Meter Meter = new("Commerce");

    static readonly Counter<long> Received =
        Meter.CreateCounter<long>("commerce.callbacks.received", "{callback}", "Callbacks of payment providers, by provider and how they were answered.");

    static readonly Counter<long> Outcomes =
        Meter.CreateCounter<long>("commerce.callbacks.tried", "{callback}", "Tries to apply a callback, by provider and the state it is in after.");

    /// <summary>How many wait.</summary>
    public static readonly ObservableGauge<long> Waiting = Meter.CreateObservableGauge(
        "commerce.callbacks.waiting", () => Volatile.Read(ref waiting), "{callback}", "Callbacks that wait, as the process that applies them counted last.");

    static long waiting;

    /// <summary>Notes how many wait.</summary>
    public static void Counted(long count) => Volatile.Write(ref waiting, count);

    /// <summary>One was answered: <c>kept</c>, <c>repeated</c>, <c>unreadable</c> or the code of its refusal.</summary>
    public static void Answered(string provider, string outcome) => Received.Add(1, new("provider", provider), new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>One was tried.</summary>
    internal static void Tried(KeptCallback callback) =>
        Outcomes.Add(1, new("provider", callback.Provider), new KeyValuePair<string, object?>("state", callback.State.ToString().ToLowerInvariant()));
}
