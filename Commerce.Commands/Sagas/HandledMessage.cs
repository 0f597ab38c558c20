using System.Text;
using Commerce.Domain;
using Commerce.Domain.Log;
using MassTransit;

namespace Commerce.Commands.Sagas;

/// <summary>The message that is handled now.</summary>
sealed class HandledMessage : Cause
{
    HandledMessage(FactMessage message, object @event, Guid id, string actor, bool isFirst)
        : base(new OrderId(message.OrderId), actor, id, message.Correlation, message.Type, message.TraceParent) =>
        (Event, OccurredAt, IsFirst) = (@event, message.OccurredAt, isFirst);

    /// <summary>The event that it carries.</summary>
    public object Event { get; }

    public DateTimeOffset OccurredAt { get; }

    /// <summary>Whether it is heard for the first time; false: perhaps not.</summary>
    public bool IsFirst { get; }

    public static HandledMessage Of<T>(ConsumeContext<T> context, string actor, bool isFirst = false)
        where T : FactMessage => Of(context.Message, context.MessageId ?? Guid.Empty, actor, isFirst);

    public static HandledMessage Of(FactMessage message, Guid id, string actor, bool isFirst = false) => EventCatalog.Read(message.Type, Encoding.UTF8.GetBytes(message.Data)) is { } @event
        ? new(message, @event, id, actor, isFirst)
        : throw new InvalidOperationException($"{message.Type} is no event of ours.");
}
