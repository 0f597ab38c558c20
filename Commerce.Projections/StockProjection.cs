using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>Stock levels: one <see cref="StockView"/> for each SKU at each location; and what came and left by day, for analysts.</summary>
sealed class StockProjection(ReadSchemas schemas) : IProjection
{
    readonly StockMovements _movements = new(schemas.Facts);

    public string Name => ProjectionNames.Stock;

    public int Version => 3; // what came and left, by day

    public StreamFilter Filter { get; } = StreamFilter.Categories("stock");

    public ProjectionTables Tables => ProjectionTables.Documents(schemas.Documents, typeof(StockView)).With(_movements.Tables);

    public IProjection In(ReadSchemas others) => new StockProjection(others);

    public Task Project(IReadOnlyList<ProjectedEvent> batch, RecentDocuments documents, DocumentChanges changes, CancellationToken cancellationToken)
    {
        _movements.Write(changes, batch);
        return DocumentFold.Run<StockView, string>(
            documents, batch, e => e.Recorded.Stream.Id, DocumentFold.IsFirstOfItsStream, StockView.Apply, changes, cancellationToken);
    }
}
