using Commerce.Domain.Log;
using Commerce.Projections.Daemon.Feeding;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Daemon;

/// <summary>
/// Applies batches of events one after the other; what cannot be applied is narrowed down to its event, with everything before it
/// applied.
/// </summary>
/// <param name="projection">What applies them.</param>
/// <param name="store">Where to.</param>
/// <param name="skipped">Positions of events that somebody decided to leave out.</param>
sealed class BatchProjector(IProjection projection, IDocumentStore store, IReadOnlySet<LogPosition> skipped)
{
    /// <summary>Projects the events and moves the checkpoint, in one transaction where nothing fails.</summary>
    /// <returns>Where the checkpoint is now: <paramref name="to"/>.</returns>
    /// <exception cref="PoisonEventException">One event cannot be projected.</exception>
    public async Task<LogPosition> Apply(IReadOnlyList<LoggedEvent> events, LogPosition from, LogPosition to, CancellationToken cancellationToken)
    {
        try
        {
            // Of no batch before: what could not be written may be in them.
            await store.Commit(await ChangesOf(events, from, to, new RecentDocuments(store, 0), cancellationToken), cancellationToken);
            return to;
        }
        catch (Exception e) when (IsPoison(e) && events.Count == 1)
        {
            throw new PoisonEventException(projection.Name, events[0].Recorded, from, e);
        }
        catch (Exception e) when (IsPoison(e) && events.Count > 1)
        {
            var half = events.Count / 2;
            var reached = await Apply([.. events.Take(half)], from, events[half - 1].Recorded.Position, cancellationToken);
            return await Apply([.. events.Skip(half)], reached, to, cancellationToken);
        }
    }

    /// <summary>What the events change, the checkpoint included.</summary>
    public async Task<DocumentChanges> ChangesOf(
        IReadOnlyList<LoggedEvent> events, LogPosition from, LogPosition to, RecentDocuments documents, CancellationToken cancellationToken)
    {
        var changes = new DocumentChanges { Checkpoint = new CheckpointMove(projection.Name, projection.Version, from, to) };
        var known = new List<ProjectedEvent>(events.Count);
        foreach (var logged in events)
        {
            if (!skipped.Contains(logged.Recorded.Position) && logged.Decode() is { } e)
            {
                known.Add(e);
            }
        }

        if (known.Count > 0)
        {
            await projection.Project(known, documents, changes, cancellationToken);
        }

        return changes;
    }

    /// <summary>Whether it is the events' own fault, which lies in them tomorrow as well.</summary>
    public static bool IsPoison(Exception e) =>
        e is not (OperationCanceledException or ReadModelUnavailableException or CheckpointMovedException or EventLogException or PoisonEventException);
}

/// <summary>An event that a projection cannot apply. It and all that follow are missing from the read model until somebody decides.</summary>
public sealed class PoisonEventException(string projection, RecordedEvent @event, LogPosition reached, Exception inner)
    : Exception($"{projection} cannot apply {@event.Type} at position {@event.Position} ({@event.Stream}, revision {@event.Revision}): {inner.Message}", inner)
{
    /// <summary>The event.</summary>
    public RecordedEvent Event { get; } = @event;

    /// <summary>The last position that was applied.</summary>
    public LogPosition Reached { get; } = reached;
}
