using System.Diagnostics;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>
/// Units of one SKU at one location. Received + returned = available + reserved + allocated + shipped + written off, each 0 or more.
/// </summary>
public sealed record StockView : IDocument<string>
{
    /// <summary><c>sku@location</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What lies there.</summary>
    public required string Sku { get; init; }

    /// <summary>Where it lies.</summary>
    public required string Location { get; init; }

    /// <summary>Units in the house.</summary>
    public long OnHand { get; init; }

    /// <summary>Units in the house that are promised to orders.</summary>
    public long Reserved { get; init; }

    /// <summary>Units in the house that are kept for flash sales and promised to no order yet.</summary>
    public long Allocated { get; init; }

    /// <summary>Units that can be promised.</summary>
    public long Available { get; init; }

    /// <summary>Units that ever came in, returns not counted.</summary>
    public long Received { get; init; }

    /// <summary>Units that ever left for orders.</summary>
    public long Shipped { get; init; }

    /// <summary>Units that ever came back.</summary>
    public long Returned { get; init; }

    /// <summary>Units lost, broken or given away.</summary>
    public long WrittenOff { get; init; }

    /// <summary>Revision of the stock's stream: its ETag.</summary>
    public long Revision { get; init; }

    /// <summary>Place in the log of the last event in it.</summary>
    public long Position { get; init; }

    /// <summary>Before the first event of a stream <c>stock-sku@location</c>.</summary>
    public static StockView Empty(StreamName stream)
    {
        // Neither part can hold an @: see Sku and LocationId.
        var id = stream.Id;
        var at = id.LastIndexOf('@');
        return new StockView { Id = id, Sku = at < 0 ? id : id[..at], Location = at < 0 ? string.Empty : id[(at + 1)..] };
    }

    /// <summary>The stock after an event.</summary>
    public static StockView Apply(StockView? stock, ProjectedEvent e)
    {
        var before = stock ?? Empty(e.Recorded.Stream);
        var next = e.Event switch
        {
            StockEvent.Received x => before with { OnHand = before.OnHand + x.Quantity, Received = before.Received + x.Quantity },
            StockEvent.Allocated x => before with { Allocated = before.Allocated + x.Quantity },
            StockEvent.AllocationReturned x => before with { Allocated = before.Allocated - x.Quantity },
            StockEvent.ReservedInSale x => before with { Reserved = before.Reserved + x.Quantity, Allocated = before.Allocated - x.Quantity },
            StockEvent.ReleasedToSale x => before with { Reserved = before.Reserved - x.Quantity, Allocated = before.Allocated + x.Quantity },
            StockEvent.Reserved x => before with { Reserved = before.Reserved + x.Quantity },
            StockEvent.Released x => before with { Reserved = before.Reserved - x.Quantity },
            StockEvent.Shipped x => before with
            {
                OnHand = before.OnHand - x.Quantity,
                Reserved = before.Reserved - x.Quantity,
                Shipped = before.Shipped + x.Quantity,
            },
            StockEvent.WrittenOff x => before with { OnHand = before.OnHand - x.Quantity, WrittenOff = before.WrittenOff + x.Quantity },
            StockEvent.Returned x => before with { OnHand = before.OnHand + x.Quantity, Returned = before.Returned + x.Quantity },
            _ => throw new UnreachableException($"{e.Event.GetType()} is no event of stock."),
        };
        return next with { Available = next.OnHand - next.Reserved - next.Allocated, Revision = e.Recorded.Revision, Position = e.Position };
    }
}
