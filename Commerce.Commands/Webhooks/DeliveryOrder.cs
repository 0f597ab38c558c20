using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Webhooks;

/// <summary>What an event is in order with: an order and its payments are one thing; anything else is in order with its own stream.</summary>
sealed class DeliveryOrder(IEventLog log)
{
    /// <summary>Payments remembered at most; the others are looked up in the log.</summary>
    const int KeptMax = 10_000;

    readonly RecentlyUsed<StreamName, string> _known = new(KeptMax);

    public async ValueTask<string> Of(RecordedEvent recorded, CancellationToken cancellationToken)
    {
        if (recorded.Stream.Category != Payment.Decider.Category)
        {
            return recorded.Stream.Value;
        }

        if (!_known.TryGet(recorded.Stream, out var order))
        {
            order = recorded.Revision == 0 ? OrderOf(recorded) : await Find(recorded.Stream, cancellationToken).ConfigureAwait(false);
            _known.Put(recorded.Stream, order);
        }

        return order;
    }

    // The stream names its order in the first event only.
    async Task<string> Find(StreamName payment, CancellationToken cancellationToken)
    {
        await foreach (var first in log.ReadStream(payment, ReadDirection.Forwards, 0, 1, cancellationToken).ConfigureAwait(false))
        {
            return OrderOf(first);
        }

        return payment.Value;
    }

    static string OrderOf(RecordedEvent first) => EventCatalog.Read(first) is PaymentEvent.Requested requested ? Order.StreamOf(requested.Order).Value : first.Stream.Value;
}
