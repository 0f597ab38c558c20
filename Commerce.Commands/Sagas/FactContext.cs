using System.Diagnostics.CodeAnalysis;
using MassTransit;
using MassTransit.Context;

namespace Commerce.Commands.Sagas;

/// <summary>A fact of a batch, as the message that it would be alone.</summary>
/// <param name="batch">What brought it.</param>
/// <param name="message">What it says.</param>
/// <param name="id">The event's id.</param>
sealed class FactContext(ConsumeContext batch, FactMessage message, Guid id) : ConsumeContextScope(batch, new Hearing())
{
    /// <summary>Whether anybody took it.</summary>
    public bool IsConsumed { get; private set; }

    public override Guid? MessageId => id;

    public override Guid? CorrelationId => message.OrderId;

    public override bool HasMessageType(Type messageType) => messageType.IsInstanceOfType(message);

    public override bool TryGetMessage<T>([NotNullWhen(true)] out ConsumeContext<T>? consumeContext)
    {
        consumeContext = message is T typed ? new MessageConsumeContext<T>(this, typed) : null;
        return consumeContext is not null;
    }

    public override Task NotifyConsumed<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
    {
        IsConsumed = true;
        return base.NotifyConsumed(context, duration, consumerType);
    }
}
