using Commerce.Domain;
using Commerce.Domain.Inventory;

namespace Commerce.Projections;

/// <summary>Events of stock name the order that they serve; receipts and write-offs serve none.</summary>
static class ServedOrder
{
    /// <summary>Which order the event serves; null: none.</summary>
    public static OrderId? Of(StockEvent @event) => @event switch
    {
        StockEvent.Reserved e => e.Order,
        StockEvent.Released e => e.Order,
        StockEvent.Shipped e => e.Order,
        StockEvent.Returned e => e.Order,
        _ => null,
    };
}
