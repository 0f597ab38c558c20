using MassTransit;

namespace Commerce.Commands.Sagas;

/// <summary>Whether a message is heard for the first time, so that nothing can have come of it yet.</summary>
static class FirstHearing
{
    /// <summary>
    /// True where the relay says that it is new, the broker does not bring it again and no attempt went before. To be asked once an
    /// attempt. A broker or a relay that loses touch for a moment may make it true twice within seconds: what is done on the
    /// strength of it has to bear that.
    /// </summary>
    public static bool IsFirst<T>(this ConsumeContext<T> context)
        where T : FactMessage =>
        context.Message.IsNew && !context.ReceiveContext.Redelivered && context.TryGetPayload<Hearing>(out var hearing) && hearing.Begin();
}

/// <summary>What a message's attempts share.</summary>
sealed class Hearing
{
    bool _isBegun;

    /// <summary>Begins an attempt; true: it is the first.</summary>
    public bool Begin() => !_isBegun && (_isBegun = true);
}
