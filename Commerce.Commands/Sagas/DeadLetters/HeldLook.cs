namespace Commerce.Commands.Sagas.DeadLetters;

/// <summary>
/// Tells whether a message's order is held, or the message itself was held before. As a rule next to nothing is: all of it is read
/// at once and believed for <see cref="BelievedFor"/>, so that messages cost no query of their own. Whoever adds to it waits as
/// long before it goes on: by then no process believes otherwise. Where more is held the database is asked for each message;
/// those that come while a look is under way share the next one.
/// </summary>
sealed class HeldLook(DeadLetterTable table, string queue, TimeProvider time) : IDisposable
{
    /// <summary>How long what was read is believed, from before it was read on. Four small queries a second and queue; and a message that is given up ends so much later.</summary>
    public static readonly TimeSpan BelievedFor = TimeSpan.FromMilliseconds(250);

    /// <summary>Messages that are read at once: a second of reading them over and over is some milliseconds of a processor.</summary>
    const int KnownMax = 1_000;

    readonly Lock _lock = new();
    readonly SemaphoreSlim _turn = new(1, 1);
    volatile Belief? _belief;
    int _reading;
    Look? _next;

    /// <summary>Whether it is held, or perhaps; false: it is not, nor has it been.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The database does not answer.</exception>
    public ValueTask<bool> IsHeld(Guid order, Guid eventId, CancellationToken cancellationToken) =>
        _belief is { Known: { } known } belief && time.GetElapsedTime(belief.Since) < BelievedFor
            ? ValueTask.FromResult(known.Concern(order, eventId))
            : new(LookFor(order, eventId, cancellationToken));

    /// <summary>Believes nothing any more: more is held than was read.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _reading++;
            _belief = null;
        }
    }

    public void Dispose() => _turn.Dispose();

    async Task<bool> LookFor(Guid order, Guid eventId, CancellationToken cancellationToken)
    {
        Look look;
        lock (_lock)
        {
            look = _next ??= new();
            look.Messages.Add((order, eventId));
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // The first of a look looks for all of it; where it failed, the next one does.
            if (look.Held is null)
            {
                lock (_lock)
                {
                    _next = _next == look ? null : _next;
                }

                look.Held = await Held(look, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }

        return look.Held.Contains(eventId);
    }

    async Task<IReadOnlySet<Guid>> Held(Look look, CancellationToken cancellationToken)
    {
        if (_belief is not { } belief || time.GetElapsedTime(belief.Since) >= BelievedFor)
        {
            var (since, reading) = (time.GetTimestamp(), Volatile.Read(ref _reading));
            belief = new(since, await table.Known(queue, KnownMax, cancellationToken).ConfigureAwait(false));
            lock (_lock)
            {
                // What was read while more became held is good for this look, not for the next.
                _belief = reading == _reading ? belief : null;
            }
        }

        return belief.Known is { } known
            ? look.Messages.Where(m => known.Concern(m.Order, m.EventId)).Select(m => m.EventId).ToHashSet()
            : await table.Held(queue, look.Messages, cancellationToken).ConfigureAwait(false);
    }

    sealed class Look
    {
        public List<(Guid Order, Guid EventId)> Messages { get; } = [];

        public IReadOnlySet<Guid>? Held { get; set; }
    }

    /// <summary>What was read.</summary>
    /// <param name="Since">Timestamp at which the reading began.</param>
    /// <param name="Known">Null: it is too many.</param>
    sealed record Belief(long Since, KnownMessages? Known);
}

/// <summary>All messages of a queue that are held or were.</summary>
/// <param name="Orders">Orders of which one is held.</param>
/// <param name="EventIds">Each of them.</param>
sealed record KnownMessages(IReadOnlySet<Guid> Orders, IReadOnlySet<Guid> EventIds)
{
    /// <summary>Whether a message must not simply be handled.</summary>
    public bool Concern(Guid order, Guid eventId) => Orders.Contains(order) || EventIds.Contains(eventId);
}
