using System.Globalization;
using Commerce.Domain.Log;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Daemon;

/// <summary>
/// How far behind the log the read models are, for readers: looked at once a second at most, while somebody reads. What it costs is one look at the
/// checkpoints and the head of the log, and one event for each read model that lacks any.
/// </summary>
public sealed class ProjectionLags
{
    /// <summary>Age of what is told at most, beside the time that a look takes.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>Longest time that a reader waits to be told: what is read is worth more than how old it is.</summary>
    static readonly TimeSpan WaitMax = TimeSpan.FromMilliseconds(250);

    readonly IReadOnlyList<IProjection> _projections;
    readonly IEventLog _log;
    readonly CheckpointStore _checkpoints;
    readonly ProjectionSignals _signals;
    readonly TimeProvider _time;
    readonly Lock _lock = new();
    Task<IReadOnlyDictionary<string, ProjectionLag>?>? _look;
    long _lookedAt;

    internal ProjectionLags(IReadOnlyList<IProjection> projections, IEventLog log, CheckpointStore checkpoints, ProjectionSignals signals, TimeProvider time) =>
        (_projections, _log, _checkpoints, _signals, _time) = (projections, log, checkpoints, signals, time);

    /// <summary>How far behind each projection is, by its name; null: nobody can tell now.</summary>
    public async ValueTask<IReadOnlyDictionary<string, ProjectionLag>?> Now()
    {
        var look = Look();
        if (look.IsCompleted)
        {
            return await look;
        }

        try
        {
            return await look.WaitAsync(WaitMax, _time);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    // One look for all who read meanwhile; who comes while it lasts waits for it.
    Task<IReadOnlyDictionary<string, ProjectionLag>?> Look()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            if (_look is null || (_look.IsCompleted && _time.GetElapsedTime(_lookedAt, now) >= LookInterval))
            {
                (_look, _lookedAt) = (Task.Run(Read), now);
            }

            return _look;
        }
    }

    async Task<IReadOnlyDictionary<string, ProjectionLag>?> Read()
    {
        try
        {
            // Before the checkpoints: what a leader told was saved before.
            var seen = _projections.ToDictionary(p => p.Name, p => _signals.ReachOf(p.Name));
            var checkpoints = await _checkpoints.ReadAll(CancellationToken.None);
            var head = await _log.Head(CancellationToken.None);
            var lags = new Dictionary<string, ProjectionLag>(StringComparer.Ordinal);
            foreach (var projection in _projections.Where(p => checkpoints.ContainsKey(p.Name)))
            {
                var position = ProjectionReach.Now(seen[projection.Name], checkpoints[projection.Name]);
                lags[projection.Name] = new(position, position < head ? await Lag(projection.Filter, position) : TimeSpan.Zero);
            }

            return lags;
        }
        catch (Exception e) when (e is ReadModelUnavailableException or EventLogException)
        {
            return null;
        }
    }

    async Task<TimeSpan> Lag(StreamFilter filter, LogPosition position)
    {
        await foreach (var missing in _log.ReadAll(position, filter, 1, CancellationToken.None))
        {
            return _time.GetUtcNow() - missing.RecordedAt is var age && age > TimeSpan.Zero ? age : TimeSpan.Zero;
        }

        return TimeSpan.Zero;
    }
}

/// <summary>How far behind a projection is.</summary>
/// <param name="Position">Every event up to here is in its rows.</param>
/// <param name="Lag">How long ago the log took the first event that is missing; zero where none is.</param>
public sealed record ProjectionLag(LogPosition Position, TimeSpan Lag)
{
    /// <summary>The position as it is told.</summary>
    public string PositionText { get; } = Position.ToString();

    /// <summary>The lag in whole seconds, as it is told.</summary>
    public string SecondsText { get; } = ((long)Lag.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
