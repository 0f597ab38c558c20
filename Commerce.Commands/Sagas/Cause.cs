using System.Diagnostics;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Log;

namespace Commerce.Commands.Sagas;

/// <summary>What something is done for now, and what everything that it leads to carries on from it.</summary>
class Cause : IDisposable
{
    /// <summary>Source of the spans of sagas, for who listens.</summary>
    public static readonly ActivitySource Activities = new("Commerce.Sagas");

    readonly string _id;
    readonly string? _correlation;
    readonly Activity? _activity;

    /// <param name="order">Whose order it is done for.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="id">The event that led to it.</param>
    /// <param name="correlation">Shared by everything that one request set off; null: unknown.</param>
    /// <param name="name">Of its span.</param>
    /// <param name="traceParent">W3C trace context of what led to it; null: unknown.</param>
    public Cause(OrderId order, string actor, Guid id, string? correlation, string name, string? traceParent)
    {
        (Order, Actor, _id, _correlation) = (order, actor, id.ToString(), correlation);
        _activity = Start(name, traceParent);
    }

    public OrderId Order { get; }

    public string Actor { get; }

    /// <summary>Context of a command that follows from it; the same step gives the same id, however often it is done.</summary>
    public CommandContext Command(string? step) => new(Actor)
    {
        CommandId = step,
        Fingerprint = step,
        CorrelationId = _correlation,
        CausationId = _id,
    };

    /// <summary>Metadata of events that follow from it.</summary>
    public EventMetadata Metadata(DateTimeOffset now) => new()
    {
        OccurredAt = now,
        CorrelationId = _correlation,
        CausationId = _id,
        TraceParent = Activity.Current?.Id,
        Actor = Actor,
    };

    /// <summary>Ends its span.</summary>
    public void Dispose() => _activity?.Dispose();

    // Without a listener the trace goes on all the same: in the metadata of what is appended.
    static Activity? Start(string name, string? traceParent)
    {
        if (traceParent is not { } parent || !ActivityContext.TryParse(parent, null, isRemote: true, out var context))
        {
            return null;
        }

        return Activities.StartActivity(name, ActivityKind.Consumer, context) ?? new Activity(name).SetParentId(parent).Start();
    }
}
