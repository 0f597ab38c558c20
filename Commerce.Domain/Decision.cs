using System.Collections.Immutable;
using Commerce.Domain.Snapshots;

namespace Commerce.Domain;

/// <summary>What kind of refusal it is: how a caller should take it.</summary>
public enum RejectionKind
{
    /// <summary>A rule of the trade forbids it.</summary>
    Rule,

    /// <summary>What the command speaks of does not exist.</summary>
    NotFound,

    /// <summary>It cannot be done to what is there in its present state, or it is there already.</summary>
    Conflict,
}

/// <summary>A command refused. Nothing changed.</summary>
/// <param name="Code">Stable, kebab case: programs may depend on it.</param>
/// <param name="Detail">One sentence for a person.</param>
/// <param name="Kind">How a caller should take it.</param>
public sealed record Rejection(string Code, string Detail, RejectionKind Kind = RejectionKind.Rule)
{
    /// <summary>Figures that help the caller, by name (e.g. how many are available).</summary>
    public ImmutableSortedDictionary<string, long> Figures { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>The same rejection with one more figure.</summary>
    public Rejection With(string name, long figure) => this with { Figures = Figures.SetItem(name, figure) };
}

/// <summary>What deciding a command gave: events (none: all is as wanted already) or a rejection.</summary>
/// <typeparam name="TEvent">Events of the aggregate.</typeparam>
public readonly struct Decision<TEvent>
{
    readonly ImmutableArray<TEvent> _events;

    Decision(ImmutableArray<TEvent> events, Rejection? rejection) => (_events, Rejection) = (events, rejection);

    /// <summary>What happens; empty for a rejection or where nothing changes.</summary>
    public ImmutableArray<TEvent> Events => _events.IsDefault ? [] : _events;

    /// <summary>Why it is refused, or null.</summary>
    public Rejection? Rejection { get; }

    /// <summary>These events, in this order.</summary>
    public static Decision<TEvent> Of(params ImmutableArray<TEvent> events) => new(events, null);

    /// <summary>One event.</summary>
    public static implicit operator Decision<TEvent>(TEvent @event) => new([@event], null);

    /// <summary>A refusal.</summary>
    public static implicit operator Decision<TEvent>(Rejection rejection) => new([], rejection);

    /// <summary>No event and no refusal.</summary>
    public static implicit operator Decision<TEvent>(Decision.NoChange nothing) => new([], null);
}

/// <summary>Words for deciders.</summary>
public static class Decision
{
    /// <summary>All is as the command wants it already.</summary>
    public static NoChange Nothing => default;

    /// <summary>No event and no refusal.</summary>
    public readonly struct NoChange;
}

/// <summary>An aggregate as data: how its commands are decided and how its events change it. Pure.</summary>
/// <param name="Category">Category of its streams.</param>
/// <param name="Initial">State before the first event.</param>
/// <param name="Decide">Command and state to events or a rejection.</param>
/// <param name="Evolve">State and event to the next state.</param>
/// <typeparam name="TCommand">Its commands.</typeparam>
/// <typeparam name="TEvent">Its events.</typeparam>
/// <typeparam name="TState">Its state.</typeparam>
public sealed record Decider<TCommand, TEvent, TState>(
    string Category,
    TState Initial,
    Func<TCommand, TState, Decision<TEvent>> Decide,
    Func<TState, TEvent, TState> Evolve)
    where TEvent : class
{
    /// <summary>
    /// Whether Evolve changes its state in place. Such a state is for one thread, and only the latest is valid, or an earlier one
    /// that is evolved anew instead; nobody beside its owner may look at it.
    /// </summary>
    public bool EvolvesInPlace { get; init; }

    /// <summary>How its state is kept beside a long stream; null: its streams are short, and replayed.</summary>
    public SnapshotShape<TState>? Shape { get; init; }
}
