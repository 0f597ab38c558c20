using System.Diagnostics.Metrics;
using Commerce.Commands.Sagas.DeadLetters;

namespace Commerce.Commands.Sagas;

/// <summary>What became of a message that was consumed.</summary>
enum MessageOutcome
{
    /// <summary>It was handled.</summary>
    Handled,

    /// <summary>It was held, and handled then.</summary>
    Released,

    /// <summary>It waits behind a dead letter.</summary>
    Waits,

    /// <summary>It was held or settled before.</summary>
    Repeat,

    /// <summary>It is a dead letter.</summary>
    DeadLetter,
}

/// <summary>What operators see of messages: figures of the meter <c>Commerce</c>.</summary>
static class MessageTelemetry
{
    static readonly Meter Meter = new("Commerce");

    static readonly Counter<long> ConsumedCount = Meter.CreateCounter<long>("commerce.messages.consumed", "{message}", "Messages done with, by queue and outcome.");

    static readonly Counter<long> RetriedCount = Meter.CreateCounter<long>("commerce.messages.retries", "{retry}", "Times that a message was tried again, by queue.");

    static readonly UpDownCounter<long> InHandsCount =
        Meter.CreateUpDownCounter<long>("commerce.messages.in_hands", "{message}", "Messages that the broker handed to this process and that are not done with, by queue.");

    static volatile HeldFigures _held = HeldFigures.None;

    static MessageTelemetry()
    {
        Meter.CreateObservableGauge("commerce.dead_letters.open", () => _held.Open, "{message}", "Dead letters that are not settled.");
        Meter.CreateObservableGauge("commerce.dead_letters.waiting", () => _held.Waiting, "{message}", "Messages that wait behind them.");
        Meter.CreateObservableGauge(
            "commerce.dead_letters.age", () => _held.Since is { } since ? Math.Max(0, (DateTimeOffset.UtcNow - since).TotalSeconds) : 0, "s", "Age of the oldest dead letter that is not settled.");
    }

    /// <summary>What is held, as a process that consumes saw it last.</summary>
    public static HeldFigures Held
    {
        set => _held = value;
    }

    public static void Consumed(string queue, MessageOutcome outcome) =>
        ConsumedCount.Add(1, new KeyValuePair<string, object?>("queue", queue), new KeyValuePair<string, object?>("outcome", outcome.ToString()));

    public static void Retried(string queue) => RetriedCount.Add(1, new KeyValuePair<string, object?>("queue", queue));

    public static void Took(string queue) => InHandsCount.Add(1, new KeyValuePair<string, object?>("queue", queue));

    public static void PutDown(string queue) => InHandsCount.Add(-1, new KeyValuePair<string, object?>("queue", queue));
}
