using Commerce.Domain.Links;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>Short links: one <see cref="LinkView"/> for each, by its code.</summary>
sealed class LinksProjection(ReadSchemas schemas) : IProjection
{
    public string Name => ProjectionNames.Links;

    public int Version => 1;

    public StreamFilter Filter { get; } = StreamFilter.Categories(Link.Decider.Category);

    public bool IsGathered => true;

    public ProjectionTables Tables => ProjectionTables.Documents(schemas.Documents, typeof(LinkView));

    public IProjection In(ReadSchemas others) => new LinksProjection(others);

    public Task Project(IReadOnlyList<ProjectedEvent> batch, RecentDocuments documents, DocumentChanges changes, CancellationToken cancellationToken) =>
        DocumentFold.Run<LinkView, string>(
            documents, batch, LinkView.IdOf, DocumentFold.IsFirstOfItsStream, LinkView.Apply, changes, cancellationToken);
}
