namespace Commerce.Projections.Documents;

/// <summary>
/// Where read models lie: tables as Marten lays them out, whichever library writes them. Keeps nothing between calls;
/// each call is a transaction of its own.
/// </summary>
/// <remarks>Every method throws <see cref="ReadModelUnavailableException"/> when the database cannot be reached or does not answer.</remarks>
public interface IDocumentStore
{
    /// <summary>Documents of one call at most: beyond it the arrays that carry them pass what one statement should hold.</summary>
    const int DocumentsMax = 100_000;

    /// <summary>The documents that exist among these ids, in no order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="DocumentsMax"/> ids.</exception>
    Task<IReadOnlyList<T>> Load<T, TId>(IReadOnlyCollection<TId> ids, CancellationToken cancellationToken)
        where T : class, IDocument<TId>
        where TId : notnull;

    /// <summary>
    /// How far the projection is that writes them, and the documents that exist among these ids, at least as new as that, in no order; of one that has still
    /// the version that the caller knows, only that.
    /// </summary>
    /// <param name="projection">Name of the projection.</param>
    /// <param name="ids">Each once; may be none.</param>
    /// <param name="known">To each id the version that the caller knows; <see cref="Guid.Empty"/>: none.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="DocumentsMax"/> ids.</exception>
    Task<ReadDocuments<T, TId>> LoadChanged<T, TId>(string projection, IReadOnlyList<TId> ids, IReadOnlyList<Guid> known, CancellationToken cancellationToken)
        where T : class, IDocument<TId>
        where TId : notnull;

    /// <summary>
    /// The documents that a condition finds: <paramref name="sql"/> is what follows <c>select d.data from table as d</c>
    /// (<c>where … order by … limit …</c>), with parameters $1, $2, … each named once and in that order.
    /// </summary>
    Task<IReadOnlyList<T>> Query<T>(string sql, IReadOnlyList<object> parameters, CancellationToken cancellationToken)
        where T : class;

    /// <summary>Writes documents, rows and checkpoint in one transaction: all or nothing.</summary>
    /// <exception cref="CheckpointMovedException">The checkpoint is not where the changes start from: another daemon was faster. Nothing was written.</exception>
    Task Commit(DocumentChanges changes, CancellationToken cancellationToken);
}
