using Commerce.Domain.Log;
using Commerce.Domain.ReadModels;

namespace Commerce.Projections.Daemon;

/// <summary>What people decided about a projection, as its stream in the log tells it.</summary>
sealed record Decisions
{
    /// <summary>Before any.</summary>
    public static readonly Decisions None = new();

    /// <summary>Events that this version of it leaves out.</summary>
    public IReadOnlySet<LogPosition> Skipped { get; private init; } = new HashSet<LogPosition>();

    /// <summary>Whether it applies and builds nothing until it is resumed.</summary>
    public bool IsPaused { get; private init; }

    /// <summary>Revision at which a rebuild was last asked for; -1: never.</summary>
    public long Rebuild { get; private init; } = -1;

    /// <summary>Rows that somebody wanted removed last; null: none.</summary>
    public ReplacedRows? Dropped { get; private init; }

    /// <summary>Revision of the last decision; -1: there is none.</summary>
    public long Revision { get; private init; } = -1;

    /// <summary>All of them so far.</summary>
    /// <exception cref="EventLogException">The log does not answer.</exception>
    public static async Task<Decisions> Read(IEventLog log, IProjection projection, CancellationToken cancellationToken)
    {
        var (skipped, decisions) = (new HashSet<LogPosition>(), None);
        await foreach (var recorded in log.ReadStream(ReadModel.StreamOf(projection.Name), ReadDirection.Forwards, 0, ReadModel.DecisionsMax, cancellationToken))
        {
            var decision = EventCatalog.Read(recorded);
            if (decision is ReadModelEvent.EventSkipped e && e.Version == projection.Version)
            {
                skipped.Add(new LogPosition(e.Position));
            }

            decisions = decision switch
            {
                ReadModelEvent.Paused => decisions with { IsPaused = true },
                ReadModelEvent.Resumed => decisions with { IsPaused = false },
                ReadModelEvent.RebuildAsked => decisions with { Rebuild = recorded.Revision },
                ReadModelEvent.ReplacedDropped x => decisions with { Dropped = new(x.Version, x.Rebuild) },
                _ => decisions,
            } with { Revision = recorded.Revision };
        }

        return decisions with { Skipped = skipped };
    }

    /// <summary>Whether there is any after a revision.</summary>
    /// <exception cref="EventLogException">The log does not answer.</exception>
    public static async Task<bool> IsAnyAfter(long revision, IEventLog log, IProjection projection, CancellationToken cancellationToken)
    {
        await foreach (var _ in log.ReadStream(ReadModel.StreamOf(projection.Name), ReadDirection.Forwards, revision + 1, 1, cancellationToken))
        {
            return true;
        }

        return false;
    }
}
