using Commerce.Domain.Links;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Queries;

/// <summary>Reads short links.</summary>
public sealed class LinkQueries(IDocumentStore store)
{
    readonly DocumentReads<LinkView, string> _links = new(store, ProjectionNames.Links);

    /// <summary>The link, or null.</summary>
    /// <exception cref="ReadModelUnavailableException">The read database is not there.</exception>
    public Task<LinkView?> Get(LinkCode code, CancellationToken cancellationToken) => _links.Find(code.Value, cancellationToken);
}
