using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Tests;

/// <summary>The same code under the next version.</summary>
sealed class NextVersion(IProjection projection) : IProjection
{
    public string Name => projection.Name;

    public int Version => projection.Version + 1;

    public StreamFilter Filter => projection.Filter;

    public ProjectionTables Tables => projection.Tables;

    public IProjection In(ReadSchemas others) => new NextVersion(projection.In(others));

    public Task Project(IReadOnlyList<ProjectedEvent> batch, RecentDocuments documents, DocumentChanges changes, CancellationToken cancellationToken) =>
        projection.Project(batch, documents, changes, cancellationToken);
}
