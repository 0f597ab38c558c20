using Commerce.Commands.Handling;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Payments.Callbacks;

/// <summary>Applies one callback that was kept: records what it says, and tells what becomes of it.</summary>
sealed class CallbackApplier(PaymentNewsRecorder recorder, IEventLog log, CallbackOptions options, TimeProvider time)
{
    /// <summary>Who it is recorded by.</summary>
    public const string Actor = "callbacks";

    /// <summary>The callback as it stands after this try.</summary>
    /// <exception cref="EventLogUnavailableException">The log does not answer: try it again.</exception>
    public async Task<KeptCallback> Apply(KeptCallback callback, CancellationToken cancellationToken)
    {
        if (!ProviderCallback.TryRead(callback.Body.Span, out var news))
        {
            return Settled(callback, new(CallbackState.Unreadable));
        }

        var origin = await OriginOf(news, cancellationToken).ConfigureAwait(false);
        var context = new CommandContext(Actor) { CausationId = callback.Id, CorrelationId = origin?.CorrelationId, TraceParent = origin?.TraceParent };
        var outcome = await recorder.Record(news, context, cancellationToken).ConfigureAwait(false);
        return Settled(callback, CallbackFate.Of(callback, outcome, time.GetUtcNow(), options));
    }

    // What the callback leads to belongs to the request that the payment was asked for with.
    async Task<EventMetadata?> OriginOf(PaymentNews news, CancellationToken cancellationToken)
    {
        await foreach (var first in log.ReadStream(Payment.StreamOf(news.Payment), ReadDirection.Forwards, 0, 1, cancellationToken).ConfigureAwait(false))
        {
            return EventMetadata.TryRead(first.Metadata);
        }

        return null;
    }

    KeptCallback Settled(KeptCallback callback, CallbackFate fate) => callback with
    {
        State = fate.State,
        Tries = callback.Tries + 1,
        TryAt = fate.TryAt,
        SettledAt = fate.State == CallbackState.Waiting ? null : time.GetUtcNow(),
        Code = fate.Reason?.Code,
        Detail = fate.Reason?.Detail,
    };
}
