using System.Text;
using Commerce.Domain;
using Commerce.Domain.Log;
using MassTransit;

namespace Commerce.Commands.Sagas;

/// <summary>The message that is handled now.</summary>
sealed class HandledMessage : Cause
{
    HandledMessage(FactMessage message, object @event, Guid id, string actor)
        : base(new OrderId(message.OrderId), actor, id, message.Correlation, message.Type, message.TraceParent) =>
        (Event, OccurredAt) = (@event, message.OccurredAt);

    /// <summary>The event that it carries.</summary>
    public object Event { get; }

    public DateTimeOffset OccurredAt { get; }

    public static HandledMessage Of<T>(ConsumeContext<T> context, string actor)
        where T : FactMessage => Of(context.Message, context.MessageId ?? Guid.Empty, actor);

    public static HandledMessage Of(FactMessage message, Guid id, string actor) => EventCatalog.Read(message.Type, Encoding.UTF8.GetBytes(message.Data)) is { } @event
        ? new(message, @event, id, actor)
        : throw new InvalidOperationException($"{message.Type} is no event of ours.");
}
