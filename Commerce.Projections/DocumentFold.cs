using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>Projects a batch where each event belongs to one document.</summary>
static class DocumentFold
{
    /// <summary>Loads every document that the batch touches, applies the events in memory, stores each document once.</summary>
    public static async Task Run<T, TId>(
        IDocumentStore store,
        IReadOnlyList<ProjectedEvent> batch,
        Func<ProjectedEvent, TId> idOf,
        Func<T?, ProjectedEvent, T?> apply,
        DocumentChanges changes,
        CancellationToken cancellationToken)
        where T : class, IDocument<TId>
        where TId : notnull
    {
        var documents = await Load<T, TId>(store, [.. batch.Select(idOf).Distinct()], cancellationToken);
        var touched = new Dictionary<TId, T>();
        foreach (var e in batch)
        {
            var id = idOf(e);
            if (apply(documents.GetValueOrDefault(id), e) is { } next)
            {
                documents[id] = next;
                touched[id] = next;
            }
        }

        changes.Store<T, TId>([.. touched.Values]);
    }

    /// <summary>Documents by id.</summary>
    public static async Task<Dictionary<TId, T>> Load<T, TId>(IDocumentStore store, IReadOnlyCollection<TId> ids, CancellationToken cancellationToken)
        where T : class, IDocument<TId>
        where TId : notnull =>
        (await store.Load<T, TId>(ids, cancellationToken)).ToDictionary(d => d.Id);
}
