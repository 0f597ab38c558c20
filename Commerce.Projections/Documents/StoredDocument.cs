namespace Commerce.Projections.Documents;

/// <summary>What lies under an id.</summary>
/// <param name="Id">The id.</param>
/// <param name="Version">Marten's <c>mt_version</c>: another with each write.</param>
/// <param name="Changed">The document; null where it has the version that the reader knows.</param>
/// <param name="JsonBytes">Size of the document as JSON; zero where it is null.</param>
public sealed record StoredDocument<T, TId>(TId Id, Guid Version, T? Changed, int JsonBytes)
    where T : class, IDocument<TId>
    where TId : notnull;

/// <summary>How far a projection was when its documents were read. Each of its transactions leaves another one, a rebuild that takes their place as well.</summary>
/// <param name="Position">Where its checkpoint was.</param>
/// <param name="MovedAt">When the transaction began that moved it there, to the microsecond: what a crashed server forgot and what came instead do not look alike.</param>
public sealed record DocumentsState(long Position, DateTime MovedAt);

/// <summary>What was read at once.</summary>
/// <param name="State">How far the projection was, or further by now; null: it has no checkpoint.</param>
/// <param name="Documents">What lies under the ids that were asked for.</param>
public sealed record ReadDocuments<T, TId>(DocumentsState? State, IReadOnlyList<StoredDocument<T, TId>> Documents)
    where T : class, IDocument<TId>
    where TId : notnull;
