using Commerce.Projections;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Mapping;

/// <summary>Products and stock as messages.</summary>
static class StockMessages
{
    /// <summary>A product as the read model has it.</summary>
    public static Wire.Product Of(ProductView product) => new()
    {
        Sku = product.Id,
        Name = product.Name,
        Price = Replies.Of(product.Price),
        IsDiscontinued = product.IsDiscontinued,
        RegisteredAt = Replies.Of(product.RegisteredAt),
        ChangedAt = Replies.Of(product.ChangedAt),
        Revision = product.Revision,
    };

    /// <summary>Stock of a SKU as the read model has it.</summary>
    public static Wire.Stock Of(string sku, IReadOnlyList<StockView> stock) => new()
    {
        Sku = sku,
        OnHand = stock.Sum(s => s.OnHand),
        Reserved = stock.Sum(s => s.Reserved),
        Allocated = stock.Sum(s => s.Allocated),
        Available = stock.Sum(s => s.Available),
        Locations = { stock.Select(Of) },
    };

    static Wire.StockAtLocation Of(StockView stock) => new()
    {
        Location = stock.Location,
        OnHand = stock.OnHand,
        Reserved = stock.Reserved,
        Allocated = stock.Allocated,
        Available = stock.Available,
        Received = stock.Received,
        Shipped = stock.Shipped,
        Returned = stock.Returned,
        WrittenOff = stock.WrittenOff,
        Revision = stock.Revision,
    };
}
