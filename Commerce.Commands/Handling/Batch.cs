using System.Collections.Immutable;
using Commerce.Domain;
using Commerce.Domain.Log;

namespace Commerce.Commands.Handling;

/// <summary>
/// Commands of one stream decided one after another, each on what those before it lead to, and the events of all as one
/// append. Nothing is answered before the log has confirmed the revision that they were decided on.
/// </summary>
sealed class Batch<TCommand, TEvent, TState>
    where TCommand : notnull
    where TEvent : class
{
    readonly Decider<TCommand, TEvent, TState> _decider;
    readonly SeenCommands _seen;
    readonly DateTimeOffset _now;
    readonly List<NewEvent> _events = [];
    Dictionary<string, Work<TCommand>>? _accepted;
    int _bytes;

    Batch(Decider<TCommand, TEvent, TState> decider, StreamState<TCommand, TEvent, TState> known, DateTimeOffset now)
    {
        var current = known.Current ?? throw new InvalidOperationException("A stream is read before it is decided on.");
        (_decider, _seen, _now, State, Revision) = (decider, known.Seen, now, current.State, current.Revision);
    }

    /// <summary>Why a command is refused whose events are more than the log takes at once.</summary>
    public static readonly Rejection TooLarge = new("command-too-large", "The command leads to more than can be written at once.");

    public IReadOnlyList<NewEvent> Events => _events;

    public TState State { get; private set; }

    public long Revision { get; private set; }

    /// <summary>Decides as many of the works as go into one append.</summary>
    /// <param name="decider">The aggregate.</param>
    /// <param name="known">The stream to decide on.</param>
    /// <param name="works">What was asked, oldest first.</param>
    /// <param name="next">The first of them to decide; afterwards the first that did not go in.</param>
    /// <param name="now">Time of events whose command names none.</param>
    public static Batch<TCommand, TEvent, TState> Decide(
        Decider<TCommand, TEvent, TState> decider, StreamState<TCommand, TEvent, TState> known, IReadOnlyList<Work<TCommand>> works, ref int next, DateTimeOffset now)
    {
        var batch = new Batch<TCommand, TEvent, TState>(decider, known, now);
        while (next < works.Count && (works[next].IsDropped() || batch.TryDecide(works[next])))
        {
            next++;
        }

        return batch;
    }

    /// <summary>Remembers the commands whose events are now durable.</summary>
    public void NoteSeen(LogPosition position)
    {
        foreach (var (id, work) in _accepted ?? [])
        {
            if (work.Verdict is CommandOutcome.Accepted accepted)
            {
                _seen.Add(id, new SeenCommand(work.Fingerprint, work.FirstRevision, accepted.Revision, position));
            }
        }
    }

    /// <summary>Decides one; false: the append is full, it has to wait for the next.</summary>
    bool TryDecide(Work<TCommand> work)
    {
        if (work.Context.CommandId is { } id)
        {
            if (_seen.TryGet(id, out var seen))
            {
                work.Repeat(seen);
                return true;
            }

            if (_accepted is not null && _accepted.TryGetValue(id, out var original))
            {
                work.Repeat(original);
                return true;
            }
        }

        if (work.Context.IfRevision is { } wanted && wanted != Revision)
        {
            work.Refuse(new CommandOutcome.RevisionMismatch(wanted, Revision));
            return true;
        }

        try
        {
            return TryApply(work, _decider.Decide(work.Command, State));
        }
        catch (Exception exception)
        {
            // A broken assumption of this command is the trouble of its caller, not of those who share the batch.
            work.Fail(exception);
            return true;
        }
    }

    bool TryApply(Work<TCommand> work, Decision<TEvent> decision)
    {
        if (decision.Rejection is { } rejection)
        {
            work.Refuse(new CommandOutcome.Rejected(rejection));
            return true;
        }

        if (decision.Events.IsEmpty)
        {
            work.Accept(Revision, Revision, []);
            return true;
        }

        var events = Written(decision.Events, work.Metadata(_now).ToJson());
        var bytes = 0L;
        foreach (var e in events)
        {
            bytes += e.Size;
        }

        if (events.Length > IEventLog.AppendEventsMax || bytes > IEventLog.AppendBytesMax)
        {
            work.Refuse(new CommandOutcome.Rejected(TooLarge));
            return true;
        }

        if (_events.Count + events.Length > IEventLog.AppendEventsMax || _bytes + bytes > IEventLog.AppendBytesMax)
        {
            return false;
        }

        foreach (var e in decision.Events)
        {
            State = _decider.Evolve(State, e);
        }

        work.Accept(Revision + 1, Revision + events.Length, [.. decision.Events]);
        Revision += events.Length;
        _events.AddRange(events);
        _bytes += (int)bytes;
        if (work.Context.CommandId is { } id)
        {
            (_accepted ??= new(StringComparer.Ordinal)).Add(id, work);
        }

        return true;
    }

    NewEvent[] Written(ImmutableArray<TEvent> decided, ReadOnlyMemory<byte> metadata)
    {
        var events = new NewEvent[decided.Length];
        for (var n = 0; n < events.Length; n++)
        {
            var (name, json) = EventCatalog.Written(decided[n]);
            events[n] = new(Guid.CreateVersion7(_now), name, json, metadata);
        }

        return events;
    }
}
