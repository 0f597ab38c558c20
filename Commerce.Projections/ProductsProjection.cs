using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>The catalogue: one <see cref="ProductView"/> for each product stream.</summary>
sealed class ProductsProjection(ReadSchemas schemas) : IProjection
{
    public string Name => ProjectionNames.Products;

    public int Version => 1;

    public StreamFilter Filter { get; } = StreamFilter.Categories("product");

    public bool IsGathered => true;

    public ProjectionTables Tables => ProjectionTables.Documents(schemas.Documents, typeof(ProductView));

    public IProjection In(ReadSchemas others) => new ProductsProjection(others);

    public Task Project(IReadOnlyList<ProjectedEvent> batch, RecentDocuments documents, DocumentChanges changes, CancellationToken cancellationToken) =>
        DocumentFold.Run<ProductView, string>(
            documents, batch, e => e.Recorded.Stream.Id, DocumentFold.IsFirstOfItsStream, ProductView.Apply, changes, cancellationToken);
}
