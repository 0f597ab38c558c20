using Commerce.Api.Links;
using Commerce.Domain.Links;
using Commerce.Projections.Documents;
using Commerce.Projections.Queries;

namespace Commerce.Api.Tests.Links;

/// <summary>What is known of links is not asked for again, and neither is what is known not to be there.</summary>
public sealed class LinkDirectoryTests
{
    [Test]
    public async Task A_code_without_a_link_is_looked_up_once()
    {
        var store = new EmptyStore();
        using var directory = new LinkDirectory(new LinkQueries(store));
        var (code, other) = (LinkCode.Random(), LinkCode.Random());
        Assert.That(await directory.Find(code, default), Is.Null);
        Assert.That(await directory.Find(code, default), Is.Null);
        Assert.That(store.Asked, Is.EqualTo(1));
        Assert.That(await directory.Find(other, default), Is.Null);
        Assert.That(store.Asked, Is.EqualTo(2));
    }

    [Test]
    public async Task A_link_that_was_made_here_is_known_at_once_also_where_it_was_asked_for_before()
    {
        var store = new EmptyStore();
        using var directory = new LinkDirectory(new LinkQueries(store));
        var (code, link) = (LinkCode.Random(), new KnownLink(Guid.NewGuid(), "/docs", DateTimeOffset.MaxValue));
        Assert.That(await directory.Find(code, default), Is.Null);
        directory.Put(code, link);
        Assert.That(await directory.Find(code, default), Is.SameAs(link));
        Assert.That(store.Asked, Is.EqualTo(1));
    }

    /// <summary>A read database without links, which counts who asks.</summary>
    sealed class EmptyStore : IDocumentStore
    {
        int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public Task<IReadOnlyList<T>> Load<T, TId>(IReadOnlyCollection<TId> ids, CancellationToken cancellationToken)
            where T : class, IDocument<TId>
            where TId : notnull => Nothing<T>();

        public async Task<ReadDocuments<T, TId>> LoadChanged<T, TId>(string projection, IReadOnlyList<TId> ids, IReadOnlyList<Guid> known, CancellationToken cancellationToken)
            where T : class, IDocument<TId>
            where TId : notnull => new(null, await Nothing<StoredDocument<T, TId>>());

        public Task<IReadOnlyList<T>> Query<T>(string sql, IReadOnlyList<object> parameters, CancellationToken cancellationToken)
            where T : class => Nothing<T>();

        public Task Commit(DocumentChanges changes, CancellationToken cancellationToken) => throw new NotSupportedException("Nobody writes here.");

        Task<IReadOnlyList<T>> Nothing<T>()
        {
            Interlocked.Increment(ref _asked);
            return Task.FromResult<IReadOnlyList<T>>([]);
        }
    }
}
