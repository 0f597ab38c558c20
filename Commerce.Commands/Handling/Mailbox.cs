using Commerce.Commands.Snapshots;
using Commerce.Domain;
using Commerce.Domain.Log;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Handling;

/// <summary>What became of a command at its mailbox.</summary>
enum Posting
{
    /// <summary>It waits and will be answered.</summary>
    Taken,

    /// <summary>No room, or the processor has stopped.</summary>
    Refused,

    /// <summary>The mailbox is out of use; its stream gets another one.</summary>
    Retired,
}

/// <summary>What waits for one stream, and what is known of it.</summary>
abstract class Mailbox(StreamName stream)
{
    /// <summary>Its stream.</summary>
    public StreamName Stream { get; } = stream;

    /// <summary>Command ids that it remembers: what it weighs in the cache. Asked by the worker that has it.</summary>
    public abstract int Remembered { get; }

    /// <summary>Decides what waits, up to the size of a batch, and answers it. Never throws: a failure is the callers' answer.</summary>
    public abstract Task DecideWaiting(CancellationToken stopping);

    /// <summary>Ends a worker's turn. True: more waits, it stays scheduled and the worker must queue it again.</summary>
    public abstract bool EndTurn();

    /// <summary>Takes it out of use if nothing waits in it and no worker has it.</summary>
    public abstract bool TryRetire();
}

/// <summary>
/// The mailbox of an aggregate. It is with at most one worker at a time: it stands in the queue of ready mailboxes at most
/// once, from its first command until a worker finds it empty.
/// </summary>
sealed class Mailbox<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream, ProcessorParts parts) : Mailbox(stream)
    where TCommand : notnull
    where TEvent : class
{
    readonly Lock _lock = new();
    readonly Queue<Work<TCommand>> _waiting = new();
    readonly Turn<TCommand, TEvent, TState> _turn = new(decider, stream, parts);
    bool _scheduled;
    bool _retired;

    /// <summary>The aggregate that its commands are decided by.</summary>
    public Decider<TCommand, TEvent, TState> Decider => decider;

    /// <summary>The state as this process knows it, or null; the log may hold more. One that is evolved in place is the worker's alone.</summary>
    public Loaded<TState>? Known => decider.EvolvesInPlace ? null : _turn.Known.Current;

    /// <inheritdoc/>
    public override int Remembered => _turn.Known.Seen.Count;

    /// <summary>Puts a command in and, where it is not there, the mailbox among the ready ones.</summary>
    public Posting Post(Work<TCommand> work)
    {
        lock (_lock)
        {
            if (_retired)
            {
                return Posting.Retired;
            }

            // Scheduled before it is filled: a worker that is as fast as that waits for this lock.
            if (_waiting.Count >= parts.Options.MailboxCapacityMax || (!_scheduled && !parts.TryReady(this)))
            {
                return Posting.Refused;
            }

            _scheduled = true;
            _waiting.Enqueue(work);
            return Posting.Taken;
        }
    }

    /// <inheritdoc/>
    public override Task DecideWaiting(CancellationToken stopping) => _turn.Rivals.AreThere ? DecideInTurn(stopping) : _turn.Take(TakeWaiting(), stopping);

    /// <inheritdoc/>
    public override bool EndTurn()
    {
        lock (_lock)
        {
            return _scheduled = _waiting.Count > 0;
        }
    }

    /// <inheritdoc/>
    public override bool TryRetire()
    {
        lock (_lock)
        {
            return _retired = !_scheduled;
        }
    }

    // Who comes meanwhile is decided together with those who wait already.
    async Task DecideInTurn(CancellationToken stopping)
    {
        var turn = await _turn.Rivals.TakeTurn(stopping).ConfigureAwait(false);
        await _turn.Take(TakeWaiting(), stopping).ConfigureAwait(false);
        if (turn is not null)
        {
            await turn.DisposeAsync().ConfigureAwait(false);
        }
    }

    Work<TCommand>[] TakeWaiting()
    {
        lock (_lock)
        {
            var works = new Work<TCommand>[Math.Min(_waiting.Count, parts.Options.BatchMax)];
            for (var n = 0; n < works.Length; n++)
            {
                works[n] = _waiting.Dequeue();
            }

            return works;
        }
    }
}

/// <summary>What every mailbox of a processor shares.</summary>
/// <param name="Log">Where streams are.</param>
/// <param name="Time">The clock.</param>
/// <param name="Options">Limits.</param>
/// <param name="TryReady">Has a worker take a mailbox in its turn; false: no more are taken.</param>
/// <param name="Logger">What operators read.</param>
/// <param name="Snapshots">Who takes and finds snapshots; null: streams are replayed.</param>
sealed record ProcessorParts(IEventLog Log, TimeProvider Time, CommandProcessorOptions Options, Func<Mailbox, bool> TryReady, ILogger Logger, Snapshotter? Snapshots = null);
