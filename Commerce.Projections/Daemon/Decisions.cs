using Commerce.Domain.Log;
using Commerce.Domain.ReadModels;

namespace Commerce.Projections.Daemon;

/// <summary>What people decided about a projection, as its stream in the log tells it.</summary>
/// <param name="Skipped">Events that this version of it leaves out.</param>
/// <param name="Revision">Revision of the last decision; -1: there is none.</param>
sealed record Decisions(IReadOnlySet<LogPosition> Skipped, long Revision)
{
    /// <summary>All of them so far.</summary>
    /// <exception cref="EventLogException">The log does not answer.</exception>
    public static async Task<Decisions> Read(IEventLog log, IProjection projection, CancellationToken cancellationToken)
    {
        var (skipped, revision) = (new HashSet<LogPosition>(), -1L);
        await foreach (var recorded in log.ReadStream(StoppedReadModel.StreamOf(projection.Name), ReadDirection.Forwards, 0, StoppedReadModel.DecisionsMax, cancellationToken))
        {
            revision = recorded.Revision;
            if (EventCatalog.Read(recorded) is ReadModelEvent.EventSkipped e && e.Version == projection.Version)
            {
                skipped.Add(new LogPosition(e.Position));
            }
        }

        return new(skipped, revision);
    }

    /// <summary>Waits for the next one.</summary>
    public static async Task Next(IEventLog log, IProjection projection, long after, TimeSpan every, TimeProvider time, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var _ in log.ReadStream(StoppedReadModel.StreamOf(projection.Name), ReadDirection.Forwards, after + 1, 1, cancellationToken))
                {
                    return;
                }
            }
            catch (Exception e) when (e is EventLogException or OperationCanceledException)
            {
                // Nobody can decide either while the log is away.
            }

            await Task.Delay(every, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
