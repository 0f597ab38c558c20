using System.Collections.Concurrent;
using Commerce.Domain.Log;

namespace Commerce.Projections.Daemon;

/// <summary>
/// How far the projections that this process leads have come: wakes who waits for a position without asking the database, and lets them know
/// that somebody waits.
/// </summary>
public sealed class ProjectionSignals
{
    readonly ConcurrentDictionary<string, LogPosition> _positions = new(StringComparer.Ordinal);
    volatile TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile TaskCompletionSource _awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _waiters;

    /// <summary>Ends when the next projection moves.</summary>
    public Task Moved => _moved.Task;

    /// <summary>Names of the projections that this process leads, in order.</summary>
    public IReadOnlyList<string> LedHere => [.. _positions.Keys.Order(StringComparer.Ordinal)];

    /// <summary>How far a projection has come, or null where this process does not lead it.</summary>
    public LogPosition? PositionOf(string projection) => _positions.TryGetValue(projection, out var position) ? position : null;

    /// <summary>Whether a query waits for a position.</summary>
    internal bool AreAwaited => Volatile.Read(ref _waiters) > 0;

    /// <summary>Ends when the next query begins to wait.</summary>
    internal Task Awaited => _awaited.Task;

    /// <summary>A query waits until it says that it does not.</summary>
    internal void BeginWait()
    {
        Interlocked.Increment(ref _waiters);
        Interlocked.Exchange(ref _awaited, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>It waits no more.</summary>
    internal void EndWait() => Interlocked.Decrement(ref _waiters);

    internal void Reached(string projection, LogPosition position)
    {
        _positions[projection] = position;
        Interlocked.Exchange(ref _moved, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    internal void Stopped(string projection) => _positions.TryRemove(projection, out _);
}
