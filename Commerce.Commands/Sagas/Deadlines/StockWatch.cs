using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;

namespace Commerce.Commands.Sagas.Deadlines;

/// <summary>
/// Units that were reserved for an order without its saga saying so. Who reserved them may have hung for so long that others fulfilled or undid
/// the order meanwhile, and may have ended before it learned that: nobody else would ever look where it did. In the usual course the
/// saga says so a moment later, and what was opened is closed before it is stored.
/// </summary>
static class StockWatch
{
    /// <summary>How long the saga may take to say that it has the units: long beside a placing, short beside the time that they are missed by others.</summary>
    public static readonly TimeSpan SaidWithin = TimeSpan.FromMinutes(1);

    const string Category = "reserved";

    /// <summary>What the units that a stock stream holds for an order are called.</summary>
    public static StreamName Name(OrderId order, StreamName stock) => StreamName.For(Category, $"{order}-{stock.Id}");

    /// <summary>The names of those that the saga says it has.</summary>
    public static IEnumerable<StreamName> Named(StreamName fulfilment, FulfilmentEvent.StockReserved said) =>
        OrderId.TryParse(fulfilment.Id, null, out var order) ? said.Allocations.Select(a => Name(order, Stock.StreamOf(a.Sku, a.Location))) : [];

    /// <summary>Whether a deadline is of such units.</summary>
    public static bool IsOf(Deadline deadline) => deadline.Stream.Category == Category;
}
