using System.Collections.Immutable;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Simulation.People;

namespace Commerce.Simulation.Checks;

/// <summary>What clients were told, against the log: what was promised happened, once; and no more units were promised than ever came in.</summary>
static class PromisesCheck
{
    public static IEnumerable<Failure> Of(IReadOnlyList<RecordedEvent> events, Clients clients)
    {
        var effects = Effects(events).CountBy(e => e).ToDictionary();
        foreach (var promise in clients.Promises)
        {
            var count = effects.GetValueOrDefault((promise.Stream, promise.CommandId));
            if (count != 1)
            {
                yield return new("promise-broken", $"A client was told that its command on {promise.Stream} was accepted; it had {count} effects.");
            }
        }

        if (clients.Unanswered > 0)
        {
            yield return new("request-unanswered", $"{clients.Unanswered} requests were never answered.");
        }

        foreach (var failure in Sold(events))
        {
            yield return failure;
        }
    }

    // Events of one command follow on each other in their stream: together they are its effect.
    static IEnumerable<(StreamName Stream, string? CommandId)> Effects(IReadOnlyList<RecordedEvent> events)
    {
        var last = new Dictionary<StreamName, string?>();
        foreach (var recorded in events)
        {
            var command = CommandOf(recorded);
            if (command is null || last.GetValueOrDefault(recorded.Stream) != command)
            {
                yield return (recorded.Stream, command);
            }

            last[recorded.Stream] = command;
        }
    }

    // A claim of a flash sale is known by its own id.
    static string? CommandOf(RecordedEvent recorded) => EventCatalog.Read(recorded) is FlashSaleEvent.Claimed claim ? claim.Claim.ToString() : EventMetadata.TryRead(recorded.Metadata)?.CommandId;

    // Units of orders that stand, less what came back, can only be units that came in and were not struck off.
    static IEnumerable<Failure> Sold(IReadOnlyList<RecordedEvent> events)
    {
        var (had, sold) = (new SortedDictionary<string, long>(StringComparer.Ordinal), new SortedDictionary<string, long>(StringComparer.Ordinal));
        var lines = new Dictionary<StreamName, OrderEvent.Placed>();
        foreach (var recorded in events)
        {
            switch (EventCatalog.Read(recorded))
            {
                case StockEvent.Received e:
                    Add(had, recorded.Stream.Id.Split('@')[0], e.Quantity);
                    break;
                case StockEvent.WrittenOff e:
                    Add(had, recorded.Stream.Id.Split('@')[0], -e.Quantity);
                    break;
                case OrderEvent.Placed e:
                    lines[recorded.Stream] = e;
                    break;
                case OrderEvent.Confirmed:
                    Each(lines[recorded.Stream], +1);
                    break;
                case OrderEvent.Cancelled when sold.Count > 0 && IsConfirmed(events, recorded):
                    Each(lines[recorded.Stream], -1);
                    break;
                case OrderEvent.RestCancelled e:
                    Less(lines[recorded.Stream], e.Lines);
                    break;
                case OrderEvent.Returned e:
                    Less(lines[recorded.Stream], e.Lines);
                    break;
            }
        }

        return sold.Where(s => s.Value > had.GetValueOrDefault(s.Key)).Select(s => new Failure("sold-twice", $"{s.Value} units of {s.Key} are promised; there were {had.GetValueOrDefault(s.Key)}."));

        void Each(OrderEvent.Placed placed, int sign)
        {
            foreach (var line in placed.Lines)
            {
                Add(sold, line.Sku.Value, sign * line.Quantity);
            }
        }

        void Less(OrderEvent.Placed placed, ImmutableArray<LineQuantity> units)
        {
            foreach (var (line, quantity) in units)
            {
                Add(sold, placed.Lines[line - 1].Sku.Value, -quantity);
            }
        }
    }

    static bool IsConfirmed(IReadOnlyList<RecordedEvent> events, RecordedEvent until) =>
        events.Any(e => e.Stream == until.Stream && e.Revision < until.Revision && EventCatalog.Read(e) is OrderEvent.Confirmed);

    static void Add(SortedDictionary<string, long> sums, string sku, long units) => sums[sku] = sums.GetValueOrDefault(sku) + units;
}
