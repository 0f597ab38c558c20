using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Log;
using Commerce.Domain.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Webhooks;

/// <summary>
/// Sends webhooks, one process of many: it follows the log for what subscriptions there are, and has each sent to on its own. One that
/// changes begins anew with what it is then.
/// </summary>
sealed partial class WebhookWorker : BackgroundService
{
    static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(1);

    readonly WebhookParts _parts;
    readonly FollowingLeader<WebhookTouched> _leader;

    public WebhookWorker(WebhookParts parts, [FromKeyedServices(WebhookTable.Name)] ILeadership leadership)
    {
        _parts = parts;
        _leader = new(parts.Log, parts.Table, new(StreamFilter.Categories(Webhook.Decider.Category), Touched, t => t.Webhook, _ => true, parts.Options.NoticedAfter), leadership, parts.Time, parts.Logger);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _leader.Run(Send, reason => SteppedDown(_parts.Logger, reason), stoppingToken);

    static WebhookTouched? Touched(RecordedEvent recorded) => Guid.TryParseExact(recorded.Stream.Id, "D", out var id) ? new(id, recorded.Position) : null;

    async Task Send(LogFollower<WebhookTouched> follower, CancellationToken cancellationToken)
    {
        var running = new Dictionary<Guid, Running>();
        try
        {
            while (true)
            {
                await Compare(running, await _parts.Table.All(Webhook.CountMax, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                await follower.Changed(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await Task.WhenAll(running.Values.Select(r => r.Stop())).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task Compare(Dictionary<Guid, Running> running, IReadOnlyList<WebhookTouched> wanted, CancellationToken cancellationToken)
    {
        var touched = wanted.ToDictionary(w => w.Webhook, w => w.Position);
        foreach (var (id, old) in running.Where(r => !touched.TryGetValue(r.Key, out var position) || position != r.Value.Touched).ToList())
        {
            await old.Stop().ConfigureAwait(false);
            running.Remove(id);
        }

        foreach (var (id, position) in touched.Where(t => !running.ContainsKey(t.Key)))
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            running[id] = new(position, Keep(id, stop.Token), stop);
        }
    }

    // What fails for one subscription, and is not its receiver's, is tried again for it alone.
    async Task Keep(Guid id, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var runner = new WebhookRunner(id, _parts);
                await runner.Run(stop).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Failed(_parts.Logger, id, e.Message);
                await Task.Delay(FailurePause, _parts.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sending of webhooks begins again: {Reason}")]
    static partial void SteppedDown(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sending for webhook subscription {Webhook} begins again: {Reason}")]
    static partial void Failed(ILogger logger, Guid webhook, string reason);

    sealed record Running(LogPosition Touched, Task Sending, CancellationTokenSource Stopping)
    {
        public async Task Stop()
        {
            await Stopping.CancelAsync().ConfigureAwait(false);
            await Sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Stopping.Dispose();
        }
    }
}
