using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>Projects a batch where each event belongs to one document.</summary>
static class DocumentFold
{
    /// <summary>Gets every document that the batch changes, applies the events in memory, stores each document once.</summary>
    /// <param name="documents">As the batches before left them.</param>
    /// <param name="batch">Events, in the order of the log.</param>
    /// <param name="idOf">Which document an event belongs to.</param>
    /// <param name="begins">Whether a document begins with the event, so that there is none to load.</param>
    /// <param name="apply">The document after an event.</param>
    /// <param name="changes">Takes what is to be stored.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task Run<T, TId>(
        RecentDocuments documents,
        IReadOnlyList<ProjectedEvent> batch,
        Func<ProjectedEvent, TId> idOf,
        Func<ProjectedEvent, bool> begins,
        Func<T?, ProjectedEvent, T?> apply,
        DocumentChanges changes,
        CancellationToken cancellationToken)
        where T : class, IDocument<TId>
        where TId : notnull
    {
        var ids = new TId[batch.Count];
        var (seen, known, begunAgain) = (new HashSet<TId>(), new List<TId>(), new HashSet<TId>());
        for (var n = 0; n < ids.Length; n++)
        {
            if (!seen.Add(ids[n] = idOf(batch[n])))
            {
                continue;
            }

            if (!begins(batch[n]))
            {
                known.Add(ids[n]);
            }
            else if (!IsFirstOfItsStream(batch[n]))
            {
                // What the stream begins for the second time is there already.
                begunAgain.Add(ids[n]);
            }
        }

        var before = await documents.Load<T, TId>(known, cancellationToken);
        var touched = new Dictionary<TId, T>(seen.Count);
        for (var n = 0; n < ids.Length; n++)
        {
            if (apply(touched.GetValueOrDefault(ids[n]) ?? before.GetValueOrDefault(ids[n]), batch[n]) is { } next)
            {
                touched[ids[n]] = next;
            }
        }

        changes.Store(touched.Values, (TId id) => before.ContainsKey(id) || begunAgain.Contains(id));
    }

    /// <summary>Whether nothing came before the event in its stream: the document of that stream begins with it.</summary>
    public static bool IsFirstOfItsStream(ProjectedEvent e) => e.Recorded.Revision == 0;
}
