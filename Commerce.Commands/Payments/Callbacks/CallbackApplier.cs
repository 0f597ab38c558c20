using Commerce.Commands.Handling;
using Commerce.Domain.Log;

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

        var context = await PaymentOrigin.Carry(log, news.Payment, new CommandContext(Actor) { CausationId = callback.Id }, cancellationToken).ConfigureAwait(false);
        var outcome = await recorder.Record(news, context, cancellationToken).ConfigureAwait(false);
        return Settled(callback, CallbackFate.Of(callback, outcome, time.GetUtcNow(), options));
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
