using Commerce.Domain.Log;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Daemon;

/// <summary>Applies batches of events; what cannot be applied is narrowed down to its event, with everything before it applied.</summary>
sealed class BatchProjector(IProjection projection, IDocumentStore store)
{
    /// <summary>Projects the events and moves the checkpoint, in one transaction where nothing fails.</summary>
    /// <returns>Where the checkpoint is now: <paramref name="to"/>.</returns>
    /// <exception cref="PoisonEventException">One event cannot be projected.</exception>
    public async Task<LogPosition> Apply(IReadOnlyList<RecordedEvent> events, LogPosition from, LogPosition to, CancellationToken cancellationToken)
    {
        try
        {
            var changes = new DocumentChanges { Checkpoint = new CheckpointMove(projection.Name, projection.Version, from, to) };
            var known = Decode(events);
            if (known.Count > 0)
            {
                await projection.Project(known, changes, cancellationToken);
            }

            await store.Commit(changes, cancellationToken);
            return to;
        }
        catch (Exception e) when (IsPoison(e) && events.Count == 1)
        {
            throw new PoisonEventException(projection.Name, events[0], from, e);
        }
        catch (Exception e) when (IsPoison(e) && events.Count > 1)
        {
            var half = events.Count / 2;
            var reached = await Apply([.. events.Take(half)], from, events[half - 1].Position, cancellationToken);
            return await Apply([.. events.Skip(half)], reached, to, cancellationToken);
        }
    }

    // Events that this version does not know were written by a newer one: a version of the projection that knows them rebuilds.
    static List<ProjectedEvent> Decode(IReadOnlyList<RecordedEvent> events)
    {
        var known = new List<ProjectedEvent>(events.Count);
        foreach (var recorded in events)
        {
            if (EventCatalog.Read(recorded) is { } e)
            {
                known.Add(new ProjectedEvent(recorded, e));
            }
        }

        return known;
    }

    static bool IsPoison(Exception e) =>
        e is not (OperationCanceledException or ReadModelUnavailableException or CheckpointMovedException or EventLogException);
}

/// <summary>An event that a projection cannot apply. It and all that follow are missing from the read model until the code is mended.</summary>
sealed class PoisonEventException(string projection, RecordedEvent @event, LogPosition reached, Exception inner)
    : Exception($"{projection} cannot apply {@event.Type} at position {@event.Position} ({@event.Stream}, revision {@event.Revision}): {inner.Message}", inner)
{
    /// <summary>The last position that was applied.</summary>
    public LogPosition Reached { get; } = reached;
}
