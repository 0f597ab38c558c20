using Commerce.Commands.Handling;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Log;
using Commerce.Domain.Webhooks;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace Commerce.Commands.Webhooks;

/// <summary>What every subscription is sent with.</summary>
sealed record WebhookParts(IEventLog Log, WebhookTable Table, WebhookKeys Keys, WebhookSender Sender, ICommandProcessor Commands, DeliveryOrder Orders, WebhookOptions Options, TimeProvider Time, ILogger Logger);

/// <summary>
/// Sends one subscription what it wants, beside all others and without knowing of them: an endpoint that is dead, slow or full has its own
/// reader, its own deliveries under way and its own circuit. A delivery is noted as taken after the receiver took it, so a crash in
/// between sends it again, under the same id.
/// </summary>
sealed partial class WebhookRunner(Guid id, WebhookParts parts) : IDisposable
{
    /// <summary>Who disables a subscription whose receiver wants no more.</summary>
    public const string Actor = "webhooks";

    /// <summary>Deliveries that end before those that are over are counted anew.</summary>
    const int PruneEvery = 1_000;

    /// <summary>Share of failures from which an endpoint counts as dead: one order's own trouble is not the endpoint's.</summary>
    const double FailureRatio = 0.9;

    static readonly TimeSpan Sampling = TimeSpan.FromMinutes(1);

    /// <summary>How long an endpoint whose circuit is open is left alone at least.</summary>
    static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(100);

    readonly OrderQueues _queues = new();
    readonly SemaphoreSlim _changed = new(0);
    readonly CircuitBreakerStateProvider _circuit = new();
    long _pausedUntil;
    int _ended;
    volatile bool _isGone;

    DateTimeOffset PausedUntil
    {
        get => new(Volatile.Read(ref _pausedUntil), TimeSpan.Zero);
        set => Volatile.Write(ref _pausedUntil, value.UtcTicks);
    }

    /// <summary>Sends until cancelled; ends where there is nothing to send: the subscription is disabled or deleted.</summary>
    public async Task Run(CancellationToken stop)
    {
        var story = await WebhookStory.Read(parts.Log, id, stop).ConfigureAwait(false);
        if (story.Webhook.Status == WebhookStatus.Deleted)
        {
            await parts.Table.Delete(id, stop).ConfigureAwait(false);
            return;
        }

        var readTo = await Prepare(story, stop).ConfigureAwait(false);
        if (story.Webhook.Status != WebhookStatus.Enabled || readTo is not { } from)
        {
            return;
        }

        _queues.Add(await parts.Table.Waiting(id, stop).ConfigureAwait(false));
        var target = Target(story.Webhook);
        var reader = new WebhookReader(id, story.Webhook.Topics, parts.Log, parts.Table, parts.Orders, _queues, parts.Options, parts.Time);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var figures = WebhookTelemetry.Watch(id, () => _queues.Count, () => _circuit.CircuitState);
        await Leading.Together(stopping, reader.Run(from, Wake, stopping.Token), Dispatch(target, stopping.Token)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _changed.Dispose();

    // Replays are done once each: how far is noted with what they do.
    async Task<LogPosition?> Prepare(WebhookStory story, CancellationToken cancellationToken)
    {
        await parts.Table.Begin(id, story.Began, cancellationToken).ConfigureAwait(false);
        var progress = await parts.Table.Progress(id, cancellationToken).ConfigureAwait(false);
        foreach (var (revision, asked) in story.Replays.Where(r => r.Revision > progress?.Applied))
        {
            await (asked switch
            {
                WebhookEvent.DeliveryReplayAsked one => parts.Table.Replay(id, one.Delivery, revision, parts.Time.GetUtcNow(), cancellationToken),
                WebhookEvent.ReplayAsked all => parts.Table.Rewind(id, new(all.Position), revision, cancellationToken),
                _ => Task.CompletedTask,
            }).ConfigureAwait(false);
        }

        await parts.Table.Prune(id, parts.Options.KeptMax, cancellationToken).ConfigureAwait(false);
        return (await parts.Table.Progress(id, cancellationToken).ConfigureAwait(false))?.ReadTo;
    }

    WebhookTarget Target(Webhook webhook)
    {
        var key = webhook.Key ?? throw new InvalidOperationException($"The subscription {id} has no key.");
        return new(new Uri(webhook.Url), parts.Keys.Open(id, key), webhook.OldKey is { } old ? parts.Keys.Open(id, old) : null, webhook.OldUntil);
    }

    async Task Dispatch(WebhookTarget target, CancellationToken cancellationToken)
    {
        var circuit = Circuit();
        var underWay = new HashSet<Task>();
        try
        {
            while (!_isGone)
            {
                var now = parts.Time.GetUtcNow();
                while (underWay.Count < parts.Options.AtOnceMax && now >= PausedUntil && _queues.TryTake(now, out var delivery))
                {
                    underWay.Add(Deliver(delivery, target, circuit, cancellationToken));
                }

                await Wait(underWay, cancellationToken).ConfigureAwait(false);
                foreach (var ended in underWay.Where(t => t.IsCompleted).ToList())
                {
                    underWay.Remove(ended);
                    await ended.ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await Task.WhenAll(underWay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Until one of those under way ends, something new is there or something is due.
    async Task Wait(HashSet<Task> underWay, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var next = underWay.Count < parts.Options.AtOnceMax ? _queues.NextDue : null;
        var pause = next is { } due ? Later(due, PausedUntil) - parts.Time.GetUtcNow() : (TimeSpan?)null;
        if (pause <= TimeSpan.Zero)
        {
            return;
        }

        var later = Task.Delay(pause ?? Timeout.InfiniteTimeSpan, parts.Time, waiting.Token);
        await Task.WhenAny([.. underWay, _changed.WaitAsync(waiting.Token), later]).ConfigureAwait(false);
        await waiting.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    async Task Deliver(WebhookDelivery delivery, WebhookTarget target, ResiliencePipeline<WebhookAnswer> circuit, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await circuit.ExecuteAsync(async ct => await Send(delivery, target, ct).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            await Note(delivery, answer, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokenCircuitException e)
        {
            // Not tried, so it does not count. While one is tried, the others come when that is taken.
            PausedUntil = parts.Time.GetUtcNow() + (e.RetryAfter > PauseMin ? e.RetryAfter.Value : PauseMin);
            _queues.PutBack(delivery, delivery.DueAt);
        }
    }

    async Task<WebhookAnswer> Send(WebhookDelivery delivery, WebhookTarget target, CancellationToken cancellationToken)
    {
        await foreach (var recorded in parts.Log.ReadStream(delivery.Stream, ReadDirection.Forwards, delivery.Revision, 1, cancellationToken).ConfigureAwait(false))
        {
            return await parts.Sender.Send(target.Url, WebhookMessage.IdOf(recorded.Id), WebhookMessage.Of(recorded), target.Signers(parts.Time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        }

        return new(null, "the event is not in the log any more");
    }

    async Task Note(WebhookDelivery delivery, WebhookAnswer answer, CancellationToken cancellationToken)
    {
        var now = parts.Time.GetUtcNow();
        WebhookTelemetry.Tried(answer);
        if (answer.IsGone)
        {
            await parts.Table.Note(id, delivery.Put(answer, now), cancellationToken).ConfigureAwait(false);
            Gone(parts.Logger, id);
            await Disable(cancellationToken).ConfigureAwait(false);
            _isGone = true;
            return;
        }

        if (answer.IsTaken)
        {
            PausedUntil = default;
        }

        var tried = delivery.After(answer, now);
        await parts.Table.Note(id, tried, cancellationToken).ConfigureAwait(false);
        if (tried.State == WebhookDeliveryState.Waiting)
        {
            _queues.PutBack(tried, tried.DueAt);
            return;
        }

        if (tried.State == WebhookDeliveryState.Failed)
        {
            GivenUp(parts.Logger, delivery.Type, delivery.Stream, id, answer.Error);
        }

        _queues.Done(tried);
        if (Interlocked.Increment(ref _ended) % PruneEvery == 0)
        {
            await parts.Table.Prune(id, parts.Options.KeptMax, cancellationToken).ConfigureAwait(false);
        }
    }

    // The subscription's own event has it begin anew, and end.
    async Task Disable(CancellationToken cancellationToken)
    {
        var outcome = await parts.Commands.Handle(
            Webhook.Decider, Webhook.StreamOf(id), new WebhookCommand.Disable(WebhookStop.Gone), new CommandContext(Actor), cancellationToken).ConfigureAwait(false);
        if (outcome is CommandOutcome.Overloaded)
        {
            throw new TimeoutException("Too many commands wait: the subscription is disabled later.");
        }
    }

    ResiliencePipeline<WebhookAnswer> Circuit() => new ResiliencePipelineBuilder<WebhookAnswer> { TimeProvider = parts.Time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<WebhookAnswer>
        {
            FailureRatio = FailureRatio,
            MinimumThroughput = parts.Options.BreakerCallsMin,
            SamplingDuration = Sampling,
            BreakDuration = parts.Options.BreakerOpens,
            StateProvider = _circuit,
            ShouldHandle = new PredicateBuilder<WebhookAnswer>().HandleResult(answer => !answer.IsTaken),
        })
        .Build();

    void Wake()
    {
        if (_changed.CurrentCount == 0)
        {
            _changed.Release();
        }
    }

    static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The receiver of webhook subscription {Webhook} answered 410: it is disabled.")]
    static partial void Gone(ILogger logger, Guid webhook);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Type} of {Stream} is given up for webhook subscription {Webhook} after the last try: {Reason}.")]
    static partial void GivenUp(ILogger logger, string type, StreamName stream, Guid webhook, string? reason);
}

/// <summary>Where a subscription is sent to, and what signs for it.</summary>
sealed record WebhookTarget(Uri Url, IWebhookSigner Signer, IWebhookSigner? OldSigner, DateTimeOffset OldUntil)
{
    /// <summary>What signs now: while a key is changed, both do.</summary>
    public IEnumerable<IWebhookSigner> Signers(DateTimeOffset now) => OldSigner is { } old && now < OldUntil ? [Signer, old] : [Signer];
}
