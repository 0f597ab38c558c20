using System.Collections.ObjectModel;
using Commerce.Domain.Log;
using Commerce.Domain.ReadModels;
using Commerce.Projections.Daemon.Building;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Daemon;

/// <summary>How a projection is.</summary>
public enum ProjectionState
{
    /// <summary>No daemon has led it on this database yet.</summary>
    NotBuilt,

    /// <summary>It follows the log; its lag tells how closely.</summary>
    Running,

    /// <summary>
    /// This version's rows are being made: for the first time, or beside those of an older version, which people read until they end and
    /// which stay as they are.
    /// </summary>
    Rebuilding,

    /// <summary>Somebody paused it: it applies nothing.</summary>
    Paused,

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
    LogPosition? StoppedAt = null, string? StoppedBy = null)
{
    /// <summary>Revision, in the projection's stream of decisions, of the rebuild that made its rows; -1: nobody asked for it.</summary>
    public long RebuiltAt { get; init; } = -1;

    /// <summary>What is being built beside the rows that people read; null: nothing.</summary>
    public RebuildStatus? Rebuild { get; init; }

    /// <summary>Rows that a rebuild replaced and nobody dropped yet; null: none.</summary>
    public ReplacedRows? Replaced { get; init; }

    /// <summary>What stands still, and where: the live projection, else the rebuild; null: neither does.</summary>
    public ReadModelStop? Stop => this switch
    {
        { Rebuild: { Error: not null } r } when State != ProjectionState.StandsStill || Version != r.Version => new(r.Version, r.StoppedAt?.Value, r.StoppedBy),
        { State: ProjectionState.StandsStill } => new(Version, StoppedAt?.Value, StoppedBy),
        _ => null,
    };
}

/// <summary>How far a rebuild has come.</summary>
/// <param name="Version">Version of the code that makes the rows.</param>
/// <param name="Position">Every event up to here is in them.</param>
/// <param name="PerSecond">Positions of the log that it goes on by in a second, since it began or was taken up again; 0: not known yet.</param>
/// <param name="Left">How long it takes to the head of the log at that rate; null: not known yet.</param>
/// <param name="Error">Why it stands still; people go on reading what was there before.</param>
/// <param name="StoppedAt">Where in the log the event is that it cannot apply; null: none is at fault.</param>
/// <param name="StoppedBy">That event's name.</param>
public sealed record RebuildStatus(int Version, LogPosition Position, double PerSecond, TimeSpan? Left, string? Error, LogPosition? StoppedAt, string? StoppedBy)
{
    internal static RebuildStatus Of(Checkpoint checkpoint, LogPosition head)
    {
        var seconds = (checkpoint.UpdatedAt - checkpoint.BegunAt).TotalSeconds;
        var rate = seconds > 0 ? (checkpoint.Position.Value - checkpoint.BegunFrom.Value) / seconds : 0;
        TimeSpan? left = rate > 0 ? TimeSpan.FromSeconds(Math.Max(0, head.Value - checkpoint.Position.Value) / rate) : null;
        return new(checkpoint.Version, checkpoint.Position, rate, left, checkpoint.Error, checkpoint.ErrorPosition, checkpoint.ErrorType);
    }
}

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
        var seen = _projections.ToDictionary(p => p.Name, p => _signals.ReachOf(p.Name));
        var checkpoints = await ReadCheckpoints(cancellationToken);
        var there = await _checkpoints.There([.. _projections.SelectMany(p => (ReadSchemas[])[RebuildSchemas.Next(p.Name), RebuildSchemas.Replaced(p.Name)])], cancellationToken);
        var head = await _log.Head(cancellationToken);
        return await Task.WhenAll(_projections.Select(p => Read(p, checkpoints.GetValueOrDefault(p.Name), seen[p.Name], there, head, cancellationToken)));
    }

    async Task<ProjectionStatus> Read(
        IProjection projection, Checkpoint? checkpoint, ProjectionReach? seen, IReadOnlySet<ReadSchemas> there, LogPosition head, CancellationToken cancellationToken)
    {
        var position = checkpoint is null ? LogPosition.Start : ProjectionReach.Now(seen, checkpoint);
        var (lagEvents, lag) = position < head ? await Lag(projection.Filter, position, cancellationToken) : (0, TimeSpan.Zero);
        var next = await Beside(RebuildSchemas.Next(projection.Name));
        var replaced = await Beside(RebuildSchemas.Replaced(projection.Name));
        var isPaused = (await Decisions.Read(_log, projection, cancellationToken)).IsPaused;
        var stopped = checkpoint is { Error: null } && checkpoint.Version < projection.Version ? next ?? checkpoint : checkpoint;
        return new(
            projection.Name, isPaused ? ProjectionState.Paused : StateOf(checkpoint, stopped, projection.Version), checkpoint?.Version ?? 0, position, head, lagEvents, lag, seen?.IsLedHere is true,
            stopped?.Error, stopped?.ErrorPosition, stopped?.ErrorType)
        {
            RebuiltAt = checkpoint?.Rebuild ?? -1,
            Rebuild = next is null ? null : RebuildStatus.Of(next, head),
            Replaced = replaced is null ? null : new(replaced.Version, replaced.Rebuild),
        };

        // Hardly ever is anything built or kept beside what people read.
        Task<Checkpoint?> Beside(ReadSchemas set) => there.Contains(set) ? _checkpoints.In(set).FindBeside(projection.Name, cancellationToken) : Task.FromResult<Checkpoint?>(null);
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

    // Where an older version's rows are read, what counts is how the rebuild is that replaces them.
    static ProjectionState StateOf(Checkpoint? live, Checkpoint? stopped, int version) => live switch
    {
        null => ProjectionState.NotBuilt,
        _ when stopped?.Error is not null => ProjectionState.StandsStill,
        { RebuildingTo: not null } => ProjectionState.Rebuilding,
        _ => live.Version < version ? ProjectionState.Rebuilding : ProjectionState.Running,
    };
}
