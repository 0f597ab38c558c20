using System.Collections.Immutable;
using System.Text.Json;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Projections.Timelines;

/// <summary>The streams in which an order's story stands.</summary>
/// <param name="Order">The order.</param>
/// <param name="Own">Streams that hold nothing else: of the order, its payment and its fulfilment.</param>
/// <param name="Stock">Streams of stock that may have served it, among others.</param>
/// <param name="StockAfter">Position after which stock may have served it.</param>
/// <param name="Sale">The flash sale that it was claimed in, among others; null: none.</param>
sealed record OrderStreams(OrderId Order, ImmutableArray<StreamName> Own, ImmutableArray<StreamName> Stock, LogPosition StockAfter, ClaimStream? Sale = null)
{
    /// <summary>All of them.</summary>
    public ImmutableArray<StreamName> All { get; } = Sale is { } sale ? [.. Own, .. Stock, sale.Stream] : [.. Own, .. Stock];

    /// <summary>Position after which a stream may have something of the order.</summary>
    public LogPosition FirstOf(StreamName stream) =>
        stream == Sale?.Stream ? Sale.After
        : Own.Contains(stream) ? LogPosition.Start
        : StockAfter;

    /// <summary>Finds them; null: the order was never placed.</summary>
    /// <param name="order">The order.</param>
    /// <param name="log">The log.</param>
    /// <param name="locations">Where stock is looked for, as long as the fulfilment itself does not say.</param>
    /// <param name="cancellationToken">Cancels the waiting for the log.</param>
    public static async Task<OrderStreams?> Find(OrderId order, IEventLog log, ImmutableArray<LocationId> locations, CancellationToken cancellationToken)
    {
        if (await First<OrderEvent.Placed>(log, Domain.Orders.Order.StreamOf(order), cancellationToken).ConfigureAwait(false) is not var (recorded, placed))
        {
            return null;
        }

        var fulfilment = FulfilmentState.StreamOf(order);
        var asked = await First<FulfilmentEvent.Started>(log, fulfilment, cancellationToken).ConfigureAwait(false) is var (_, started) ? started.Locations
            : await First<FulfilmentEvent.Imported>(log, fulfilment, cancellationToken).ConfigureAwait(false) is var (_, imported) ? [imported.Location]
            : locations;
        return new(
            order,
            [recorded.Stream, Payment.StreamOf(PaymentId.For(order)), fulfilment],
            [.. placed.Lines.Select(l => l.Sku).Distinct().SelectMany(sku => asked.Select(location => Domain.Inventory.Stock.StreamOf(sku, location)))],
            // Past trade is written stream by stream: its stock may stand before its order.
            placed.Origin == OrderOrigin.Client ? recorded.Position : LogPosition.Start,
            placed is OrderEvent.PlacedInSale claimed ? await ClaimStream.Find(log, SaleShard.StreamOf(claimed.Sale, order), order, recorded.Position, cancellationToken).ConfigureAwait(false) : null);
    }

    /// <summary>Whether an event of one of these streams is about the order.</summary>
    public bool IsAbout(RecordedEvent recorded)
    {
        if (Own.Contains(recorded.Stream))
        {
            return true;
        }

        try
        {
            return EventCatalog.Read(recorded) switch
            {
                StockEvent e => ServedOrder.Of(e) == Order,
                FlashSaleEvent e => ClaimStream.ClaimOf(e) == Order,
                _ => false,
            };
        }
        catch (JsonException)
        {
            // Nobody can say whose it is; the auditor tells of it.
            return false;
        }
    }

    /// <summary>Events at the head of a stream among which its first of a kind is looked for: a cancellation may overtake the placing.</summary>
    const int HeadEventsMax = 16;

    static async Task<(RecordedEvent Recorded, T Event)?> First<T>(IEventLog log, StreamName stream, CancellationToken cancellationToken)
        where T : class
    {
        await foreach (var recorded in log.ReadStream(stream, ReadDirection.Forwards, 0, HeadEventsMax, cancellationToken).ConfigureAwait(false))
        {
            if (EventCatalog.Read(recorded) is T found)
            {
                return (recorded, found);
            }
        }

        return null;
    }
}
