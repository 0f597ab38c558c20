using System.Collections.ObjectModel;
using Commerce.Domain.Log;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Daemon;

/// <summary>How a projection is.</summary>
public enum ProjectionState
{
    /// <summary>No daemon has led it on this database yet.</summary>
    NotBuilt,

    /// <summary>It follows the log; its lag tells how closely.</summary>
    Running,

    /// <summary>A new version is being made from the whole log: readers see only a part until it ends.</summary>
    Rebuilding,

    /// <summary>An event could not be applied; it and all that follow are missing.</summary>
    StandsStill,
}

/// <summary>How far a projection has come.</summary>
/// <param name="Name">One of <see cref="ProjectionNames"/>.</param>
/// <param name="State">How it is.</param>
/// <param name="Version">Version of the code that made its rows; 0 where there are none.</param>
/// <param name="Position">Every event up to here is in its rows.</param>
/// <param name="Head">Where the log was when it was asked.</param>
/// <param name="LagEvents">Events of its streams that are missing, counted up to <see cref="ProjectionStatusReader.LagEventsMax"/>.</param>
/// <param name="Lag">How long ago the log took the first event that is missing; zero where none is.</param>
/// <param name="IsLedHere">Whether this process leads it.</param>
/// <param name="Error">Why it stands still.</param>
/// <param name="StoppedAt">Where in the log the event is that it cannot apply; null: none is at fault.</param>
/// <param name="StoppedBy">That event's name.</param>
public sealed record ProjectionStatus(
    string Name, ProjectionState State, int Version, LogPosition Position, LogPosition Head, int LagEvents, TimeSpan Lag, bool IsLedHere, string? Error,
    LogPosition? StoppedAt = null, string? StoppedBy = null);

/// <summary>Tells how every projection is, on any node.</summary>
public sealed class ProjectionStatusReader
{
    /// <summary>Missing events are counted up to here: who is that far behind need not know how many more, and counting reads them.</summary>
    public const int LagEventsMax = 1_000;

    readonly IReadOnlyList<IProjection> _projections;
    readonly IEventLog _log;
    readonly CheckpointStore _checkpoints;
    readonly ProjectionSignals _signals;
    readonly TimeProvider _time;

    internal ProjectionStatusReader(
        IReadOnlyList<IProjection> projections, IEventLog log, CheckpointStore checkpoints, ProjectionSignals signals, TimeProvider time) =>
        (_projections, _log, _checkpoints, _signals, _time) = (projections, log, checkpoints, signals, time);

    /// <summary>How every projection is now.</summary>
    /// <exception cref="ReadModelUnavailableException">The read database is not there.</exception>
    /// <exception cref="EventLogUnavailableException">The log is not there.</exception>
    public async Task<IReadOnlyList<ProjectionStatus>> Read(CancellationToken cancellationToken)
    {
        var checkpoints = await ReadCheckpoints(cancellationToken);
        var head = await _log.Head(cancellationToken);
        var statuses = new List<ProjectionStatus>();
        foreach (var projection in _projections)
        {
            var checkpoint = checkpoints.GetValueOrDefault(projection.Name);
            var here = _signals.PositionOf(projection.Name);
            var saved = checkpoint?.Position ?? LogPosition.Start;
            var position = here is { } known && known > saved ? known : saved;
            var (lagEvents, lag) = position < head ? await Lag(projection.Filter, position, cancellationToken) : (0, TimeSpan.Zero);
            statuses.Add(new(
                projection.Name, StateOf(checkpoint), checkpoint?.Version ?? 0, position, head, lagEvents, lag, here is not null, checkpoint?.Error,
                checkpoint?.ErrorPosition, checkpoint?.ErrorType));
        }

        return statuses;
    }

    // Where no daemon has ever run there is no table of them.
    async Task<IReadOnlyDictionary<string, Checkpoint>> ReadCheckpoints(CancellationToken cancellationToken)
    {
        try
        {
            return await _checkpoints.ReadAll(cancellationToken);
        }
        catch (ReadModelUnavailableException e) when (e.IsNotBuilt)
        {
            return ReadOnlyDictionary<string, Checkpoint>.Empty;
        }
    }

    async Task<(int Events, TimeSpan Age)> Lag(StreamFilter filter, LogPosition position, CancellationToken cancellationToken)
    {
        var count = 0;
        DateTimeOffset? first = null;
        await foreach (var e in _log.ReadAll(position, filter, LagEventsMax, cancellationToken))
        {
            first ??= e.RecordedAt;
            count++;
        }

        var age = first is { } at ? _time.GetUtcNow() - at : TimeSpan.Zero;
        return (count, age > TimeSpan.Zero ? age : TimeSpan.Zero);
    }

    static ProjectionState StateOf(Checkpoint? checkpoint) => checkpoint switch
    {
        null => ProjectionState.NotBuilt,
        { Error: not null } => ProjectionState.StandsStill,
        { RebuildingTo: not null } => ProjectionState.Rebuilding,
        _ => ProjectionState.Running,
    };
}
