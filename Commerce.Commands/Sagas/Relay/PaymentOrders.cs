using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Sagas.Relay;

/// <summary>
/// Whose order an event is. A payment's stream names the order in its first event only; a claim in a flash sale is the order that
/// it becomes; what a sale does as a whole follows on itself as the events of an order do.
/// </summary>
sealed class PaymentOrders(IEventLog log)
{
    /// <summary>Payments remembered at most; the others are looked up in the log.</summary>
    const int KeptMax = 100_000;

    readonly RecentlyUsed<StreamName, OrderId> _known = new(KeptMax);

    public async ValueTask<OrderId> OrderOf(RecordedEvent recorded, CancellationToken cancellationToken)
    {
        if (recorded.Stream.Category == "order")
        {
            return OrderId.Parse(recorded.Stream.Id, null);
        }

        if (recorded.Stream.Category == FlashSale.Decider.Category)
        {
            return EventCatalog.Read(recorded) is FlashSaleEvent.PaymentGiven paid ? paid.Claim : new OrderId(SaleShard.Read(recorded.Stream).Sale.Value);
        }

        if (!_known.TryGet(recorded.Stream, out var order))
        {
            order = recorded.Revision == 0 ? First(recorded) : await Find(recorded.Stream, cancellationToken).ConfigureAwait(false);
            _known.Put(recorded.Stream, order);
        }

        return order;
    }

    async Task<OrderId> Find(StreamName payment, CancellationToken cancellationToken)
    {
        await foreach (var first in log.ReadStream(payment, ReadDirection.Forwards, 0, 1, cancellationToken).ConfigureAwait(false))
        {
            return First(first);
        }

        throw new InvalidOperationException($"{payment} has no first event.");
    }

    static OrderId First(RecordedEvent recorded) => EventCatalog.Read(recorded) is PaymentEvent.Requested requested
        ? requested.Order
        : throw new InvalidOperationException($"{recorded.Stream} does not begin with a request.");
}
