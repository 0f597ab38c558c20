using System.Diagnostics.CodeAnalysis;
using MassTransit;
using MassTransit.Context;

namespace Commerce.Commands.Sagas;

/// <summary>One attempt at a fact, as if it had come alone.</summary>
/// <param name="carrier">What brought it.</param>
/// <param name="message">What it says.</param>
/// <param name="id">The event's id.</param>
/// <param name="hearing">What its attempts share.</param>
/// <param name="until">Cancelled when it is cut short.</param>
sealed class FactContext(ConsumeContext carrier, FactMessage message, Guid id, Hearing hearing, CancellationToken until) : ConsumeContextScope(carrier, hearing)
{
    public override CancellationToken CancellationToken => until;

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

    // Whether an attempt's failure is the message's is not known yet.
    public override Task NotifyFaulted<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception) => Task.CompletedTask;
}
