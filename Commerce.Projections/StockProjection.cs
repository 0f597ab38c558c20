using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>Stock levels: one <see cref="StockView"/> for each SKU at each location; and what came and left by day, for analysts.</summary>
sealed class StockProjection(string schema) : IProjection
{
    public string Name => ProjectionNames.Stock;

    public int Version => 3; // what came and left, by day

    public StreamFilter Filter { get; } = StreamFilter.Categories("stock");

    public ProjectionTables Tables { get; } = ProjectionTables.Documents(schema, typeof(StockView)).With(StockMovements.Tables);

    public Task Project(IReadOnlyList<ProjectedEvent> batch, RecentDocuments documents, DocumentChanges changes, CancellationToken cancellationToken)
    {
        StockMovements.Write(changes, batch);
        return DocumentFold.Run<StockView, string>(
            documents, batch, e => e.Recorded.Stream.Id, DocumentFold.IsFirstOfItsStream, StockView.Apply, changes, cancellationToken);
    }
}
