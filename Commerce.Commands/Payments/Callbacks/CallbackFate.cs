using System.Diagnostics;
using Commerce.Domain;

namespace Commerce.Commands.Payments.Callbacks;

/// <summary>What is done with a callback after it was tried. Pure.</summary>
/// <param name="State">Where it stands now.</param>
/// <param name="Reason">Why it waits or contradicts.</param>
/// <param name="TryAt">When it is tried again, where it waits.</param>
sealed record CallbackFate(CallbackState State, Rejection? Reason = null, DateTimeOffset? TryAt = null)
{
    /// <summary>What follows from what became of its news.</summary>
    /// <param name="callback">As it was before this try.</param>
    /// <param name="outcome">What became of what it says.</param>
    /// <param name="now">The time.</param>
    /// <param name="options">How long it waits.</param>
    public static CallbackFate Of(KeptCallback callback, NewsOutcome outcome, DateTimeOffset now, CallbackOptions options) => outcome switch
    {
        NewsOutcome.Recorded or NewsOutcome.KnownAlready => new(CallbackState.Applied),
        NewsOutcome.Contradicts contradicts => new(CallbackState.Contradicting, contradicts.Rejection),

        // It came before what it speaks of, unless it goes on so for longer than anything takes to become known.
        NewsOutcome.Unknown unknown when now - callback.ReceivedAt >= options.WaitMax => new(CallbackState.Contradicting, unknown.Rejection),
        NewsOutcome.Unknown unknown => new(CallbackState.Waiting, unknown.Rejection, now + options.Pause(callback.Tries)),
        _ => throw new UnreachableException(),
    };
}
