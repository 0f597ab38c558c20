using Commerce.Domain.FlashSales;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>Flash sales and their claims. A batch of a hot sale changes one document of the sale, and one for each claim.</summary>
sealed class FlashSalesProjection(ReadSchemas schemas) : IProjection
{
    public string Name => ProjectionNames.FlashSales;

    public int Version => 1;

    public StreamFilter Filter { get; } = StreamFilter.Categories("flashsale");

    public bool IsGathered => true;

    public ProjectionTables Tables => ProjectionTables.Documents(schemas.Documents, typeof(FlashSaleView), typeof(FlashSaleClaimView));

    public IProjection In(ReadSchemas others) => new FlashSalesProjection(others);

    // Of several streams that of the sale itself is the first that there is.
    static bool BeginsSale(ProjectedEvent e) => DocumentFold.IsFirstOfItsStream(e) && SaleShard.Read(e.Recorded.Stream).Number == 0;

    public async Task Project(IReadOnlyList<ProjectedEvent> batch, RecentDocuments documents, DocumentChanges changes, CancellationToken cancellationToken)
    {
        await DocumentFold.Run<FlashSaleView, Guid>(
            documents, batch, FlashSaleView.IdOf, BeginsSale, FlashSaleView.Apply, changes, cancellationToken);
        List<ProjectedEvent> ofClaims = [.. batch.Where(e => FlashSaleClaimView.IdOf(e) is not null)];
        await DocumentFold.Run<FlashSaleClaimView, Guid>(
            documents, ofClaims, e => FlashSaleClaimView.IdOf(e) ?? Guid.Empty, e => e.Event is FlashSaleEvent.Claimed, FlashSaleClaimView.Apply, changes, cancellationToken);
    }
}
