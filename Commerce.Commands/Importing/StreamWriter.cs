using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Log;

namespace Commerce.Commands.Importing;

/// <summary>
/// Decides parts against their streams and appends what follows, each exactly once however often it is written: the ids of
/// a part's events follow from the part, so that a part that a crash left behind is found in its stream and not repeated.
/// </summary>
/// <remarks>
/// A stream that is not cached is taken to be empty, as most are that an import touches for the first time: the expected
/// revision shows where that is wrong, and then the stream is read.
/// </remarks>
/// <param name="log">Where to.</param>
/// <param name="decider">The aggregate.</param>
/// <param name="cachedMax">States kept at most, the least recently used is forgotten first; 0: none.</param>
sealed class StreamWriter<TCommand, TEvent, TState>(IEventLog log, Decider<TCommand, TEvent, TState> decider, int cachedMax)
    where TEvent : class
{
    /// <summary>Times that a part is decided anew because others wrote to its stream: far more than live trade beside an import makes likely.</summary>
    const int AttemptsMax = 10;

    readonly Lock _lock = new();
    readonly Dictionary<StreamName, LinkedListNode<(StreamName Stream, Loaded<TState> Loaded)>> _cached = [];
    readonly LinkedList<(StreamName Stream, Loaded<TState> Loaded)> _byUse = [];

    /// <summary>Writes a part. Parts of one stream are written one after the other, those of many streams at once.</summary>
    /// <exception cref="ImportException">The stream refuses a command, or others write to it all the time.</exception>
    public async Task Write(StreamPart<TCommand, TState> part, CancellationToken cancellationToken)
    {
        var (loaded, isCertain) = Cached(part.Stream) is { } cached ? (cached, true) : (new Loaded<TState>(decider.Initial, -1), false);
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var (events, state, refusal) = Decide(part, loaded.State);
            if (refusal is null && events.Count == 0)
            {
                Cache(part.Stream, loaded);
                return;
            }

            if (refusal is null
                && await log.Append(part.Stream, ExpectedRevision.Exact(loaded.Revision), events, cancellationToken).ConfigureAwait(false) is AppendResult.Appended appended)
            {
                Cache(part.Stream, new(state, appended.Revision));
                return;
            }

            if (refusal is not null && isCertain)
            {
                throw new ImportException($"{part.Stream} refuses what the file says: {refusal.Detail}");
            }

            (loaded, var isWritten) = await Load(part, cancellationToken).ConfigureAwait(false);
            isCertain = true;
            if (isWritten)
            {
                Cache(part.Stream, loaded);
                return;
            }
        }

        throw new ImportException($"{part.Stream} is written to by others all the time; run the import again when it is quieter.");
    }

    (List<NewEvent> Events, TState State, Rejection? Refusal) Decide(StreamPart<TCommand, TState> part, TState state)
    {
        var events = new List<NewEvent>();
        foreach (var step in part.Steps(state))
        {
            var decision = decider.Decide(step.Command, state);
            if (decision.Rejection is { } refusal)
            {
                return ([], state, refusal);
            }

            foreach (var @event in decision.Events)
            {
                events.Add(new NewEvent(ImportIds.Event(part.Id, events.Count), EventCatalog.NameOf(@event), EventCatalog.ToJson(@event), step.Metadata));
                state = decider.Evolve(state, @event);
            }
        }

        return (events, state, null);
    }

    // A part is appended whole or not at all: its first event tells.
    async Task<(Loaded<TState> Loaded, bool IsWritten)> Load(StreamPart<TCommand, TState> part, CancellationToken cancellationToken)
    {
        var (state, revision, isWritten) = (decider.Initial, -1L, false);
        var first = ImportIds.Event(part.Id, 0);
        await foreach (var recorded in log.ReadStream(part.Stream, ReadDirection.Forwards, 0, int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            revision = recorded.Revision;
            isWritten |= recorded.Id == first;
            state = EventCatalog.Read(recorded) is TEvent @event ? decider.Evolve(state, @event) : state;
        }

        return (new(state, revision), isWritten);
    }

    Loaded<TState>? Cached(StreamName stream)
    {
        lock (_lock)
        {
            return _cached.TryGetValue(stream, out var node) ? node.Value.Loaded : null;
        }
    }

    void Cache(StreamName stream, Loaded<TState> loaded)
    {
        lock (_lock)
        {
            if (_cached.Remove(stream, out var old))
            {
                _byUse.Remove(old);
            }

            _cached[stream] = _byUse.AddFirst((stream, loaded));
            if (_cached.Count > cachedMax && _byUse.Last is { } oldest)
            {
                _cached.Remove(oldest.Value.Stream);
                _byUse.RemoveLast();
            }
        }
    }
}
