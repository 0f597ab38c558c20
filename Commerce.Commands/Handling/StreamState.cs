using Commerce.Domain;
using Commerce.Domain.Log;

namespace Commerce.Commands.Handling;

/// <summary>
/// One stream as this process last read or wrote it: state, revision, the commands it has seen. It may be behind the log
/// at any time; an append at <see cref="Loaded{TState}.Revision"/> or <see cref="CatchUp"/> tells. Used by one worker at a time;
/// <see cref="Current"/> may be read by anyone.
/// </summary>
sealed class StreamState<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream, IEventLog log, int seenMax)
    where TEvent : class
{
    volatile Loaded<TState>? _current;

    /// <summary>What is known, or null before the first reading.</summary>
    public Loaded<TState>? Current => _current;

    public SeenCommands Seen { get; private set; } = new(seenMax);

    /// <summary>Position at which all of <see cref="Current"/> can be seen.</summary>
    public LogPosition Position { get; private set; }

    /// <summary>Reads what the log holds beyond what is known; says whether that was anything.</summary>
    public async Task<bool> CatchUp(CancellationToken cancellationToken)
    {
        var before = _current ?? new Loaded<TState>(decider.Initial, -1);
        var now = await Fold(decider, stream, log, before, Note, cancellationToken).ConfigureAwait(false);
        _current = now;
        return now.Revision != before.Revision;
    }

    /// <summary>Takes the stream for empty, which an append or <see cref="CatchUp"/> has to confirm.</summary>
    public void TakeForEmpty() => _current = new Loaded<TState>(decider.Initial, -1);

    /// <summary>Takes over what an append has made durable.</summary>
    public void Advance(TState state, long revision, LogPosition position) => (_current, Position) = (new Loaded<TState>(state, revision), position);

    /// <summary>Forgets all: what is known may be wrong.</summary>
    public void Forget() => (_current, Position, Seen) = (null, LogPosition.Start, new(seenMax));

    /// <summary>State after the events of the stream that follow on <paramref name="from"/>.</summary>
    public static async Task<Loaded<TState>> Fold(
        Decider<TCommand, TEvent, TState> decider, StreamName stream, IEventLog log, Loaded<TState> from, Action<RecordedEvent> note, CancellationToken cancellationToken)
    {
        var (state, revision) = from;
        await foreach (var recorded in log.ReadStream(stream, ReadDirection.Forwards, revision + 1, int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            revision = recorded.Revision;
            state = EventCatalog.Read(recorded) is TEvent @event ? decider.Evolve(state, @event) : state;
            note(recorded);
        }

        return revision == from.Revision ? from : new Loaded<TState>(state, revision);
    }

    void Note(RecordedEvent recorded)
    {
        Position = recorded.Position;
        Seen.Add(recorded);
    }
}
