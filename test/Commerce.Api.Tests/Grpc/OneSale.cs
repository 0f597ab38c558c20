using Commerce.Projections;
using Commerce.Projections.Documents;

namespace Commerce.Api.Tests.Grpc;

/// <summary>A read database that holds one sale, of which another unit is claimed whenever somebody looks how it goes.</summary>
sealed class OneSale : IDocumentStore
{
    int _looks;

    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>How often somebody looked how it goes.</summary>
    public int Looks => Volatile.Read(ref _looks);

    /// <summary>Its figures, which are other ones each time.</summary>
    public FlashSaleView Look() => new() { Id = Id, Position = Interlocked.Increment(ref _looks) };

    public Task<IReadOnlyList<T>> Load<T, TId>(IReadOnlyCollection<TId> ids, CancellationToken cancellationToken)
        where T : class, IDocument<TId>
        where TId : notnull => Task.FromResult<IReadOnlyList<T>>(new FlashSaleView { Id = Id } is T sale ? [sale] : []);

    public Task<ReadDocuments<T, TId>> LoadChanged<T, TId>(string projection, IReadOnlyList<TId> ids, IReadOnlyList<Guid> known, CancellationToken cancellationToken)
        where T : class, IDocument<TId>
        where TId : notnull => throw new NotSupportedException("Nobody asks what has changed.");

    public Task<IReadOnlyList<T>> Query<T>(string sql, IReadOnlyList<object> parameters, CancellationToken cancellationToken)
        where T : class => throw new NotSupportedException("Nobody searches.");

    public Task Commit(DocumentChanges changes, CancellationToken cancellationToken) => throw new NotSupportedException("Nobody writes here.");
}
