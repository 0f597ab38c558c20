using Commerce.Commands.Payments;

namespace Commerce.Api.Sandbox;

/// <summary>How one call is decided and told: what its token and the sandbox's behaviour make of it.</summary>
/// <param name="Decline">Why it is declined, if it is an authorisation; null: it is not.</param>
/// <param name="PendingFor">How long it is pending; null: it is answered at once.</param>
/// <param name="LosesAnswer">Its first answer is lost.</param>
/// <param name="Callbacks">How often a callback tells of it.</param>
/// <param name="CallbackAfter">How long after it is decided.</param>
/// <param name="CallbackFirst">The callback comes before the answer.</param>
sealed record SandboxManner(string? Decline, TimeSpan? PendingFor, bool LosesAnswer, int Callbacks, TimeSpan CallbackAfter, bool CallbackFirst)
{
    /// <summary>That of a call.</summary>
    /// <param name="behaviour">The sandbox's.</param>
    /// <param name="key">The call's idempotency key.</param>
    /// <param name="request">The call.</param>
    public static SandboxManner Of(SandboxBehaviour behaviour, string key, ProviderRequest request)
    {
        var token = request.Token;
        var isPending = SandboxTokens.IsPending(token) || behaviour.Strikes(behaviour.PendingShare, "pending", key);
        var loses = token == SandboxTokens.LostAnswerOnce || behaviour.Strikes(behaviour.LostAnswerShare, "answer", key);
        var isTold = isPending || loses || behaviour.TellsAll || token is SandboxTokens.CallbackLate or SandboxTokens.CallbackFirst;
        var isLost = token == SandboxTokens.CallbackLost || behaviour.Strikes(behaviour.CallbackLostShare, "lost", key);
        var isTwice = token == SandboxTokens.CallbackTwice || behaviour.Strikes(behaviour.CallbackTwiceShare, "twice", key);
        var late = (token == SandboxTokens.CallbackLate ? SandboxTokens.LateMs : 0) + (behaviour.CallbackDelayMsMax * behaviour.Draw("late", key));
        return new(
            SandboxTokens.DeclineOf(token, request.Amount?.Amount ?? 0) ?? (behaviour.Strikes(behaviour.DeclineShare, "decline", key) ? "declined" : null),
            isPending ? TimeSpan.FromMilliseconds(behaviour.PendingMs) : null,
            loses,
            !isTold || isLost ? 0 : isTwice ? 2 : 1,
            TimeSpan.FromMilliseconds(late),
            token == SandboxTokens.CallbackFirst);
    }
}
