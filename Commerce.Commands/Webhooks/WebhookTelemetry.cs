using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Polly.CircuitBreaker;

namespace Commerce.Commands.Webhooks;

/// <summary>What operators see of webhooks: figures of the meter <c>Commerce</c>, by subscription.</summary>
public static class WebhookTelemetry
{
    static readonly ConcurrentDictionary<Guid, (Func<int> Waiting, Func<CircuitState> Circuit)> Watched = [];

    static readonly Counter<long> Tries = CommerceTelemetry.Meter.CreateCounter<long>("commerce.webhooks.tried", "{delivery}", "Tries to deliver a webhook, by outcome: taken, refused (answered otherwise) or unanswered.");

    /// <summary>How many deliveries wait.</summary>
    public static readonly ObservableGauge<int> Waiting = CommerceTelemetry.Meter.CreateObservableGauge(
        "commerce.webhooks.waiting", () => Watched.Select(w => new Measurement<int>(w.Value.Waiting(), Of(w.Key))), "{delivery}", "Deliveries that wait in the process that sends, by subscription.");

    /// <summary>Which endpoints are left alone.</summary>
    public static readonly ObservableGauge<int> Open = CommerceTelemetry.Meter.CreateObservableGauge(
        "commerce.webhooks.circuit", () => Watched.Select(w => new Measurement<int>(w.Value.Circuit() == CircuitState.Closed ? 0 : 1, Of(w.Key))), "{state}", "1 where an endpoint is left alone because it fails, by subscription.");

    /// <summary>Notes a try.</summary>
    internal static void Tried(WebhookAnswer answer) =>
        Tries.Add(1, new KeyValuePair<string, object?>("outcome", answer.IsTaken ? "taken" : answer.Status is null ? "unanswered" : "refused"));

    /// <summary>Shows a subscription's figures until disposed.</summary>
    internal static IDisposable Watch(Guid webhook, Func<int> waiting, Func<CircuitState> circuit)
    {
        Watched[webhook] = (waiting, circuit);
        return new Watching(webhook);
    }

    static KeyValuePair<string, object?> Of(Guid webhook) => new("webhook", webhook.ToString());

    sealed class Watching(Guid webhook) : IDisposable
    {
        public void Dispose() => Watched.TryRemove(webhook, out _);
    }
}
