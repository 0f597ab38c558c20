using Commerce.Domain.Fulfilment;
using MassTransit;

namespace Commerce.Commands.Sagas;

/// <summary>One order's saga while a message is handled: what its stream says, and what is not appended yet.</summary>
public sealed class FulfilmentInstance : SagaStateMachineInstance
{
    readonly List<FulfilmentEvent> _unsaved = [];

    /// <inheritdoc/>
    public Guid CorrelationId { get; set; }

    /// <summary>State of the machine by name; null: nothing was heard of the order.</summary>
    public string? CurrentState { get; set; }

    /// <summary>What the process knows.</summary>
    public FulfilmentState State { get; internal set; } = FulfilmentState.None;

    /// <summary>Revision of the last event of its stream; -1: none.</summary>
    public long Revision { get; internal set; } = -1;

    /// <summary>Events to append.</summary>
    internal IReadOnlyList<FulfilmentEvent> Unsaved => _unsaved;

    internal void Note(Reaction reaction)
    {
        State = reaction.State;
        _unsaved.AddRange(reaction.Events);
    }

    internal void Saved(long revision)
    {
        Revision = revision;
        _unsaved.Clear();
    }
}
