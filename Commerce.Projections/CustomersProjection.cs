using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>Customers: one <see cref="CustomerView"/> for each customer stream.</summary>
sealed class CustomersProjection(ReadSchemas schemas) : IProjection
{
    public string Name => ProjectionNames.Customers;

    public int Version => 1;

    public StreamFilter Filter { get; } = StreamFilter.Categories("customer");

    public bool IsGathered => true;

    public ProjectionTables Tables => ProjectionTables.Documents(schemas.Documents, typeof(CustomerView));

    public IProjection In(ReadSchemas others) => new CustomersProjection(others);

    public Task Project(IReadOnlyList<ProjectedEvent> batch, RecentDocuments documents, DocumentChanges changes, CancellationToken cancellationToken) =>
        DocumentFold.Run<CustomerView, string>(
            documents, batch, e => e.Recorded.Stream.Id, DocumentFold.IsFirstOfItsStream, CustomerView.Apply, changes, cancellationToken);
}
