namespace Commerce.Projections.Documents;

/// <summary>What lies under an id.</summary>
/// <param name="Id">The id.</param>
/// <param name="Version">Marten's <c>mt_version</c>: another with each write.</param>
/// <param name="Changed">The document; null where it has the version that the reader knows.</param>
/// <param name="JsonBytes">Size of the document as JSON; zero where it is null.</param>
public sealed record StoredDocument<T, TId>(TId Id, Guid Version, T? Changed, int JsonBytes)
    where T : class, IDocument<TId>
    where TId : notnull;
