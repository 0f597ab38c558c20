using Commerce.Domain.Log;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Daemon;

/// <summary>Lets a query wait until the read model holds what a command has just done.</summary>
public sealed class ProjectionWaiter
{
    /// <summary>
    /// Between two looks at the checkpoints where another process leads: short beside what a caller notices, and 50 small reads a
    /// second for each waiting query at most.
    /// </summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    readonly CheckpointStore _checkpoints;
    readonly ProjectionSignals _signals;
    readonly TimeProvider _time;

    internal ProjectionWaiter(CheckpointStore checkpoints, ProjectionSignals signals, TimeProvider time) =>
        (_checkpoints, _signals, _time) = (checkpoints, signals, time);

    /// <summary>Waits until every one of these projections has passed a position.</summary>
    /// <exception cref="ReadModelUnavailableException">The read database is not there, or nobody has made read models in it within the time.</exception>
    public async Task<WaitResult> WaitFor(LogPosition position, IReadOnlyCollection<string> projections, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            // Taken before the look, so that a move in between is not missed.
            var moved = _signals.Moved;
            var behind = projections.Where(p => _signals.PositionOf(p) is not { } here || here < position).ToList();
            var left = timeout - _time.GetElapsedTime(started);
            if (behind.Count > 0 && behind.Any(p => _signals.PositionOf(p) is null))
            {
                behind = await BehindInDatabase(behind, position, isLast: left <= TimeSpan.Zero, cancellationToken);
            }

            if (behind.Count == 0 || left <= TimeSpan.Zero)
            {
                return behind.Count == 0 ? new WaitResult.Reached() : new WaitResult.TimedOut(behind);
            }

            var pause = left < PollInterval || behind.TrueForAll(p => _signals.PositionOf(p) is not null) ? left : PollInterval;
            await Pause(moved, pause, cancellationToken);
        }
    }

    // The first process that leads makes the read models: until then they are as far behind as can be.
    async Task<List<string>> BehindInDatabase(List<string> projections, LogPosition position, bool isLast, CancellationToken cancellationToken)
    {
        try
        {
            // What was told of one that is paused or stands still, it holds still.
            var seen = projections.ToDictionary(p => p, _signals.ReachOf);
            var checkpoints = await _checkpoints.ReadAll(cancellationToken);
            return projections.FindAll(p => !checkpoints.TryGetValue(p, out var checkpoint) || ProjectionReach.Now(seen[p], checkpoint) < position);
        }
        catch (ReadModelUnavailableException e) when (e.IsNotBuilt && !isLast)
        {
            return projections;
        }
    }

    async Task Pause(Task moved, TimeSpan pause, CancellationToken cancellationToken)
    {
        _signals.BeginWait();
        try
        {
            await moved.WaitAsync(pause, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Time to look again.
        }
        finally
        {
            _signals.EndWait();
        }
    }
}

/// <summary>How waiting ended.</summary>
public abstract record WaitResult
{
    WaitResult()
    {
    }

    /// <summary>The read models hold everything up to the position.</summary>
    public sealed record Reached : WaitResult;

    /// <summary>They do not yet.</summary>
    /// <param name="Behind">Projections that are behind.</param>
    public sealed record TimedOut(IReadOnlyList<string> Behind) : WaitResult;
}
