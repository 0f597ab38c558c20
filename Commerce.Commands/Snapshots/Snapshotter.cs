using System.Threading.Channels;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Snapshots;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Snapshots;

/// <summary>
/// Takes snapshots of long streams behind the back of those who decide: it reads the stream for itself, one after another, without haste. Where it is slow
/// or the log is away nothing waits for it; the next snapshot is tried when the stream has grown again.
/// </summary>
sealed class Snapshotter : IAsyncDisposable
{
    readonly Channel<Func<CancellationToken, Task>> _waiting;
    readonly SnapshotStore _store;
    readonly SnapshotStore _unhurriedStore;
    readonly UnhurriedLog _unhurriedLog;
    readonly int _seenMax;
    readonly ILogger _logger;
    readonly CancellationTokenSource _stopping = new();
    readonly Task _working;

    /// <summary>Starts it.</summary>
    /// <param name="log">Where streams and snapshots are.</param>
    /// <param name="time">The clock.</param>
    /// <param name="options">Limits, in their ranges.</param>
    /// <param name="seenMax">Command ids that are kept of one stream.</param>
    /// <param name="logger">What operators read.</param>
    public Snapshotter(IEventLog log, TimeProvider time, SnapshotOptions options, int seenMax, ILogger logger)
    {
        (_store, _seenMax, _logger, Options) = (new(log, time), seenMax, logger, options);
        _unhurriedLog = new(log, time);
        _unhurriedStore = new(_unhurriedLog, time);
        _waiting = Channel.CreateBounded<Func<CancellationToken, Task>>(options.WaitingMax);

        // It serves every stream: it must not carry on the trace of whoever made the processor.
        using (ExecutionContext.SuppressFlow())
        {
            _working = Task.Run(Work);
        }
    }

    /// <summary>Its limits.</summary>
    public SnapshotOptions Options { get; }

    /// <summary>Has a snapshot taken, some time later; false: too many wait.</summary>
    public bool TryAsk<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream)
        where TEvent : class =>
        _waiting.Writer.TryWrite(ct => Take(decider, stream, ct));

    /// <summary>The newest snapshot of a stream that can be used; null: none.</summary>
    public async Task<FoundSnapshot<TState>?> Find<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream, CancellationToken cancellationToken)
        where TEvent : class
    {
        if (decider.Shape is not { } shape)
        {
            return null;
        }

        foreach (var taken in await _store.Newest(stream, Options.LookedAtMax, cancellationToken).ConfigureAwait(false))
        {
            // Another version of Commerce wrote it, or will read it again.
            if (taken.Shape == SnapshotContent<TState>.NumberOf(shape) && await TryRead(stream, taken, shape, cancellationToken).ConfigureAwait(false) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _working.ConfigureAwait(false);
        _stopping.Dispose();
    }

    async Task<FoundSnapshot<TState>?> TryRead<TState>(StreamName stream, SnapshotEvent.Taken taken, SnapshotShape<TState> shape, CancellationToken cancellationToken)
    {
        try
        {
            using var bytes = SnapshotBuffers.New();
            if (await _store.Last(stream, taken, cancellationToken).ConfigureAwait(false) is { } last
                && await _store.TryRead(stream, taken, Options.BytesMax, bytes, cancellationToken).ConfigureAwait(false))
            {
                return new(SnapshotContent<TState>.Read(shape, bytes), last);
            }

            SnapshotLog.Unusable(_logger, null, stream, taken.Revision);
        }
        catch (Exception e) when (e is not (EventLogException or OperationCanceledException))
        {
            // Whatever is wrong with it: the stream itself says all that it says.
            SnapshotLog.Unusable(_logger, e, stream, taken.Revision);
        }

        return null;
    }

    async Task Work()
    {
        await foreach (var take in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                await take(_stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Loading takes longer without it, and that is all.
                SnapshotLog.Failed(_logger, e);
            }
        }
    }

    async Task Take<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream, CancellationToken cancellationToken)
        where TEvent : class
    {
        var known = new StreamState<TCommand, TEvent, TState>(decider, stream, _unhurriedLog, _seenMax, this);
        await known.CatchUp(cancellationToken).ConfigureAwait(false);
        if (decider.Shape is not { } shape || known.Current is not { } now || known.LastEvent is not { } last || !Options.IsDue(now.Revision, known.SnapshotRevision, perSecond: 0))
        {
            return;
        }

        using var bytes = SnapshotBuffers.New();
        new SnapshotContent<TState>(now.State, [.. known.Seen.OldestFirst]).Write(shape, bytes);
        if (bytes.Length > Options.BytesMax)
        {
            SnapshotLog.TooLarge(_logger, stream, bytes.Length, Options.BytesMax);
        }
        else if (await _unhurriedStore.Write(stream, now.Revision, last, SnapshotContent<TState>.NumberOf(shape), bytes, cancellationToken).ConfigureAwait(false))
        {
            SnapshotLog.Taken(_logger, stream, now.Revision, bytes.Length);
        }
    }
}

/// <summary>A snapshot that can be used.</summary>
/// <param name="Content">What it holds.</param>
/// <param name="Last">The last event that went into it.</param>
sealed record FoundSnapshot<TState>(SnapshotContent<TState> Content, RecordedEvent Last);
