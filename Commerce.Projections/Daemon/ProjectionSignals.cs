using System.Collections.Concurrent;
using Commerce.Domain.Log;

namespace Commerce.Projections.Daemon;

/// <summary>
/// How far the projections that this process leads have come: wakes who waits for a position without asking the database, and lets them know
/// that somebody waits.
/// </summary>
public sealed class ProjectionSignals
{
    readonly ConcurrentDictionary<string, ProjectionReach> _reaches = new(StringComparer.Ordinal);
    volatile TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile TaskCompletionSource _awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _waiters;

    /// <summary>Ends when the next projection moves.</summary>
    public Task Moved => _moved.Task;

    /// <summary>Names of the projections that this process leads, in order.</summary>
    public IReadOnlyList<string> LedHere => [.. _reaches.Where(r => r.Value.IsLedHere).Select(r => r.Key).Order(StringComparer.Ordinal)];

    /// <summary>How far a projection has come, or null where this process does not lead it.</summary>
    public LogPosition? PositionOf(string projection) => ReachOf(projection) is { IsLedHere: true } reach ? reach.Position : null;

    /// <summary>How far a projection had come when this process led it last; null: it never has.</summary>
    internal ProjectionReach? ReachOf(string projection) => _reaches.GetValueOrDefault(projection);

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

    /// <summary>This process leads it, and its rows hold all of its events up to a position.</summary>
    /// <param name="projection">The projection.</param>
    /// <param name="position">How far it has come.</param>
    /// <param name="saved">Its checkpoint.</param>
    internal void Reached(IProjection projection, LogPosition position, LogPosition saved)
    {
        var reach = new ProjectionReach(projection.Version, position, saved, IsLedHere: true);
        _reaches.AddOrUpdate(projection.Name, reach, (_, before) => before.Then(reach));
        Interlocked.Exchange(ref _moved, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>This process does not lead it any more.</summary>
    internal void Stopped(string projection)
    {
        if (_reaches.TryGetValue(projection, out var reach))
        {
            _reaches[projection] = reach with { IsLedHere = false };
        }
    }
}
