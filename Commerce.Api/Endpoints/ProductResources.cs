using System.Collections.Immutable;
using Commerce.Domain;
using Commerce.Projections;

namespace Commerce.Api.Endpoints;

/// <summary>A product.</summary>
/// <param name="Sku">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Price">What an order placed now pays for one.</param>
/// <param name="IsDiscontinued">Whether it cannot be ordered any more.</param>
/// <param name="RegisteredAt">When it was first offered.</param>
/// <param name="ChangedAt">When it last changed.</param>
sealed record ProductResource(string Sku, string Name, Money Price, bool IsDiscontinued, DateTimeOffset RegisteredAt, DateTimeOffset ChangedAt)
{
    /// <summary>As the read model has it.</summary>
    public static ProductResource Of(ProductView product) =>
        new(product.Id, product.Name, product.Price, product.IsDiscontinued, product.RegisteredAt, product.ChangedAt);
}

/// <summary>A page of products, by SKU.</summary>
/// <param name="Items">The products.</param>
/// <param name="Next">Cursor of the next page; missing on the last.</param>
sealed record ProductPage(ImmutableArray<ProductResource> Items, string? Next = null);

/// <summary>Stock of one SKU.</summary>
/// <param name="Sku">What.</param>
/// <param name="OnHand">Units in the house.</param>
/// <param name="Reserved">Units in the house that are promised to orders.</param>
/// <param name="Allocated">Units in the house that are kept for flash sales and promised to no order yet.</param>
/// <param name="Available">Units that can be promised.</param>
/// <param name="Locations">The same by location.</param>
sealed record StockResource(string Sku, long OnHand, long Reserved, long Allocated, long Available, ImmutableArray<StockAtLocation> Locations)
{
    /// <summary>As the read model has it.</summary>
    public static StockResource Of(string sku, IReadOnlyList<StockView> stock) =>
        new(sku, stock.Sum(s => s.OnHand), stock.Sum(s => s.Reserved), stock.Sum(s => s.Allocated), stock.Sum(s => s.Available), [.. stock.Select(StockAtLocation.Of)]);
}

/// <summary>Stock at one location: received + returned = available + reserved + allocated + shipped + written off.</summary>
/// <param name="Location">Where.</param>
/// <param name="OnHand">Units in the house.</param>
/// <param name="Reserved">Units promised to orders.</param>
/// <param name="Allocated">Units kept for flash sales and promised to no order yet.</param>
/// <param name="Available">Units that can be promised.</param>
/// <param name="Received">Units that ever came in, returns not counted.</param>
/// <param name="Shipped">Units that ever left for orders.</param>
/// <param name="Returned">Units that ever came back.</param>
/// <param name="WrittenOff">Units lost, broken or given away.</param>
/// <param name="ETag">For If-Match of a receipt or write-off at this location.</param>
sealed record StockAtLocation(string Location, long OnHand, long Reserved, long Allocated, long Available, long Received, long Shipped, long Returned, long WrittenOff, string ETag)
{
    /// <summary>As the read model has it.</summary>
    public static StockAtLocation Of(StockView stock) => new(
        stock.Location, stock.OnHand, stock.Reserved, stock.Allocated, stock.Available, stock.Received, stock.Shipped, stock.Returned, stock.WrittenOff, Http.EntityTag.Of(stock.Revision));
}
