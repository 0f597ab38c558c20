using System.Diagnostics;
using System.Text;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Log;
using MassTransit;

namespace Commerce.Commands.Sagas;

/// <summary>The message that is handled now, and what everything that it leads to carries on from it.</summary>
sealed class HandledMessage : IDisposable
{
    /// <summary>Source of the spans of sagas, for who listens.</summary>
    public static readonly ActivitySource Activities = new("Commerce.Sagas");

    readonly FactMessage _message;
    readonly string _id;
    readonly Activity? _activity;

    HandledMessage(FactMessage message, Guid id, string actor)
    {
        (_message, _id, Actor) = (message, id.ToString(), actor);
        Event = EventCatalog.Read(message.Type, Encoding.UTF8.GetBytes(message.Data))
            ?? throw new InvalidOperationException($"{message.Type} is no event of ours.");
        _activity = Start(message);
    }

    public OrderId Order => new(_message.OrderId);

    public string Actor { get; }

    /// <summary>The event that it carries.</summary>
    public object Event { get; }

    public DateTimeOffset OccurredAt => _message.OccurredAt;

    public static HandledMessage Of<T>(ConsumeContext<T> context, string actor)
        where T : FactMessage => Of(context.Message, context.MessageId ?? Guid.Empty, actor);

    public static HandledMessage Of(FactMessage message, Guid id, string actor) => new(message, id, actor);

    /// <summary>Context of a command that follows from it; the same step gives the same id, however often it is done.</summary>
    public CommandContext Command(string? step) => new(Actor)
    {
        CommandId = step,
        Fingerprint = step,
        CorrelationId = _message.Correlation,
        CausationId = _id,
    };

    /// <summary>Metadata of events that follow from it.</summary>
    public EventMetadata Metadata(DateTimeOffset now) => new()
    {
        OccurredAt = now,
        CorrelationId = _message.Correlation,
        CausationId = _id,
        TraceParent = Activity.Current?.Id,
        Actor = Actor,
    };

    public void Dispose() => _activity?.Dispose();

    // Without a listener the trace goes on all the same: in the metadata of what is appended.
    static Activity? Start(FactMessage message)
    {
        if (message.TraceParent is not { } parent || !ActivityContext.TryParse(parent, null, isRemote: true, out var context))
        {
            return null;
        }

        return Activities.StartActivity(message.Type, ActivityKind.Consumer, context) ?? new Activity(message.Type).SetParentId(parent).Start();
    }
}
