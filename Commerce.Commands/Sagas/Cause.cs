using System.Diagnostics;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Log;

namespace Commerce.Commands.Sagas;

/// <summary>What something is done for now, and what everything that it leads to carries on from it.</summary>
class Cause : IDisposable
{
    readonly string _id;
    readonly string? _correlation;
    readonly string? _traceParent;
    readonly Activity? _activity;

    /// <param name="order">Whose order it is done for.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="id">The event that led to it.</param>
    /// <param name="correlation">Shared by everything that one request set off; null: unknown.</param>
    /// <param name="name">Of its span.</param>
    /// <param name="traceParent">W3C trace context of what led to it; null: unknown.</param>
    public Cause(OrderId order, string actor, Guid id, string? correlation, string name, string? traceParent)
    {
        (Order, Actor, _id, _correlation, _traceParent) = (order, actor, id.ToString(), correlation, traceParent);
        _activity = CommerceTelemetry.Source.HasListeners() ? CommerceTelemetry.Start(name, traceParent) : null;
    }

    public OrderId Order { get; }

    public string Actor { get; }

    // Where nobody listens there is no span, and the trace goes on all the same: in the metadata of what is appended.
    string? TraceParent => _activity?.Id ?? _traceParent;

    /// <summary>Context of a command that follows from it; the same step gives the same id, however often it is done.</summary>
    public CommandContext Command(string? step) => new(Actor)
    {
        CommandId = step,
        Fingerprint = step,
        CorrelationId = _correlation,
        CausationId = _id,
        TraceParent = TraceParent,
    };

    /// <summary>Metadata of events that follow from it.</summary>
    public EventMetadata Metadata(DateTimeOffset now) => new()
    {
        OccurredAt = now,
        CorrelationId = _correlation,
        CausationId = _id,
        TraceParent = TraceParent,
        Actor = Actor,
    };

    /// <summary>Ends its span.</summary>
    public void Dispose() => _activity?.Dispose();
}
