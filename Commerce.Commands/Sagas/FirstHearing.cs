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
        where T : FactMessage
    {
        if (!context.Message.IsNew || context.ReceiveContext.Redelivered || context.ReceiveContext.HasPayloadType(typeof(Attempt)))
        {
            return false;
        }

        context.ReceiveContext.GetOrAddPayload(() => Attempt.Made);
        return true;
    }

    sealed class Attempt
    {
        public static readonly Attempt Made = new();
    }
}
