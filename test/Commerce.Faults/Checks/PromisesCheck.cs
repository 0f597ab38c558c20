using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Faults.People;

namespace Commerce.Faults.Checks;

/// <summary>What customers were told, against the log: each of it happened, once; and no order is there that nobody was told of.</summary>
static class PromisesCheck
{
    public static IEnumerable<Failure> Of(IReadOnlyList<RecordedEvent> events, IReadOnlyCollection<Promise> promises)
    {
        var effects = events.Select(EffectOf).OfType<Promise>().CountBy(e => e).ToDictionary();
        foreach (var promise in promises.Distinct())
        {
            // The log does not know the customer's key: that it is one order is seen by the keys below.
            var count = effects.GetValueOrDefault(promise is Promise.Taken taken ? taken with { Key = string.Empty } : promise);
            if (count != 1)
            {
                yield return new("promise-broken", $"A customer was told {promise}; in the log it is {count} times.");
            }
        }

        foreach (var key in promises.OfType<Promise.Taken>().GroupBy(t => t.Key).Where(k => k.Select(t => t.Order).Distinct().Count() > 1))
        {
            yield return new("order-twice", $"{key.Key} became {string.Join(" and ", key.Select(t => t.Order).Distinct())}.");
        }

        var known = promises.OfType<Promise.Taken>().Select(t => t.Order).ToHashSet();
        foreach (var order in effects.Keys.OfType<Promise.Taken>().Where(t => !known.Contains(t.Order)))
        {
            yield return new("order-unasked", $"Order {order.Order} is in the log, and no customer was told of it.");
        }
    }

    static Promise? EffectOf(RecordedEvent recorded) => EventCatalog.Read(recorded) switch
    {
        OrderEvent.Placed => new Promise.Taken(string.Empty, OrderOf(recorded)),
        OrderEvent.Cancelled => new Promise.Cancelled(OrderOf(recorded)),
        OrderEvent.Shipped e => new Promise.Shipped(OrderOf(recorded), e.Shipment),
        OrderEvent.Returned e => new Promise.Returned(OrderOf(recorded), e.Return),
        StockEvent.Received e when recorded.Stream.Id.Split('@') is [var sku, var location] => new Promise.Received(sku, location, (int)e.Quantity, e.Reference),
        _ => null,
    };

    static Guid OrderOf(RecordedEvent recorded) => Guid.Parse(recorded.Stream.Id);
}
