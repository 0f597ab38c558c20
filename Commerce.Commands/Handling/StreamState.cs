using Commerce.Commands.Snapshots;
using Commerce.Domain;
using Commerce.Domain.Log;

namespace Commerce.Commands.Handling;

/// <summary>
/// One stream as this process last read or wrote it: state, revision, the commands it has seen. It may be behind the log
/// at any time; an append at <see cref="Loaded{TState}.Revision"/> or <see cref="CatchUp"/> tells. Used by one worker at a time;
/// <see cref="Current"/> may be read by anyone.
/// </summary>
sealed class StreamState<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream, IEventLog log, int seenMax, Snapshotter? snapshots)
    where TEvent : class
{
    volatile Loaded<TState>? _current;

    /// <summary>What is known, or null before the first reading.</summary>
    public Loaded<TState>? Current => _current;

    public SeenCommands Seen { get; private set; } = new(seenMax);

    /// <summary>Position at which all of <see cref="Current"/> can be seen.</summary>
    public LogPosition Position { get; private set; }

    /// <summary>Id of the last event that was read; null: none was.</summary>
    public Guid? LastEvent { get; private set; }

    /// <summary>Revision up to which there is a snapshot, or one is asked for; -1: none.</summary>
    public long SnapshotRevision { get; private set; } = -1;

    /// <summary>Reads what the log holds beyond what is known; says whether that was anything.</summary>
    public async Task<bool> CatchUp(CancellationToken cancellationToken)
    {
        var before = _current ?? new Loaded<TState>(decider.Initial, -1);
        var now = _current is null && decider.Shape is not null && snapshots is not null
            ? await Open(snapshots, before, cancellationToken).ConfigureAwait(false)
            : await Fold(decider, stream, log, before, int.MaxValue, Note, cancellationToken).ConfigureAwait(false);
        _current = now;
        return now.Revision != before.Revision;
    }

    /// <summary>Takes the stream for empty, which an append or <see cref="CatchUp"/> has to confirm.</summary>
    public void TakeForEmpty() => _current = new Loaded<TState>(decider.Initial, -1);

    /// <summary>Takes over what an append has made durable.</summary>
    public void Advance(TState state, long revision, LogPosition position) => (_current, Position) = (new Loaded<TState>(state, revision), position);

    /// <summary>Forgets all: what is known may be wrong.</summary>
    public void Forget() => (_current, Position, Seen, LastEvent, SnapshotRevision) = (null, LogPosition.Start, new(seenMax), null, -1);

    /// <summary>Has a snapshot taken where the stream has grown enough for one; whoever takes it does so elsewhere.</summary>
    /// <param name="perSecond">Commands that came to it in a second of late.</param>
    public void AskForSnapshot(int perSecond)
    {
        if (decider.Shape is not null && snapshots is not null && _current is { } now && snapshots.Options.IsDue(now.Revision, SnapshotRevision, perSecond) && snapshots.TryAsk(decider, stream))
        {
            SnapshotRevision = now.Revision;
        }
    }

    /// <summary>State after the events of the stream that follow on <paramref name="from"/>, of the first <paramref name="count"/> of them.</summary>
    public static async Task<Loaded<TState>> Fold(
        Decider<TCommand, TEvent, TState> decider, StreamName stream, IEventLog log, Loaded<TState> from, int count, Action<RecordedEvent> note, CancellationToken cancellationToken)
    {
        var (state, revision) = from;
        await foreach (var recorded in log.ReadStream(stream, ReadDirection.Forwards, revision + 1, count, cancellationToken).ConfigureAwait(false))
        {
            revision = recorded.Revision;
            state = EventCatalog.Read(recorded) is TEvent @event ? decider.Evolve(state, @event) : state;
            note(recorded);
        }

        return revision == from.Revision ? from : new Loaded<TState>(state, revision);
    }

    // Most streams end within the first events: those alone are read of them. Of a long one the rest is what follows on its snapshot.
    async Task<Loaded<TState>> Open(Snapshotter from, Loaded<TState> initial, CancellationToken cancellationToken)
    {
        var begun = await Fold(decider, stream, log, initial, from.Options.LookAfterEvents, Note, cancellationToken).ConfigureAwait(false);
        if (begun.Revision + 1 < from.Options.LookAfterEvents)
        {
            return begun;
        }

        if (await from.Find(decider, stream, cancellationToken).ConfigureAwait(false) is { } found)
        {
            begun = new(found.Content.State, found.Last.Revision);
            (Seen, SnapshotRevision) = (found.Content.SeenCommands(seenMax), found.Last.Revision);
            (Position, LastEvent) = (found.Last.Position, found.Last.Id);
        }

        return await Fold(decider, stream, log, begun, int.MaxValue, Note, cancellationToken).ConfigureAwait(false);
    }

    void Note(RecordedEvent recorded)
    {
        (Position, LastEvent) = (recorded.Position, recorded.Id);
        Seen.Add(recorded);
    }
}
