using System.Collections.Concurrent;
using Commerce.Domain.Log;

namespace Commerce.Projections.Daemon;

/// <summary>How far the projections that this process leads have come: wakes who waits for a position without asking the database.</summary>
public sealed class ProjectionSignals
{
    readonly ConcurrentDictionary<string, LogPosition> _positions = new(StringComparer.Ordinal);
    volatile TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the next projection moves.</summary>
    public Task Moved => _moved.Task;

    /// <summary>Names of the projections that this process leads, in order.</summary>
    public IReadOnlyList<string> LedHere => [.. _positions.Keys.Order(StringComparer.Ordinal)];

    /// <summary>How far a projection has come, or null where this process does not lead it.</summary>
    public LogPosition? PositionOf(string projection) => _positions.TryGetValue(projection, out var position) ? position : null;

    internal void Reached(string projection, LogPosition position)
    {
        _positions[projection] = position;
        Interlocked.Exchange(ref _moved, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    internal void Stopped(string projection) => _positions.TryRemove(projection, out _);
}
