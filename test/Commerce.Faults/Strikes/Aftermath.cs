using Commerce.Domain.Log;
using Commerce.Domain.Orders;

namespace Commerce.Faults.Strikes;

/// <summary>What a strike met and how work went on after it, as the log and the read models show; times are the server's.</summary>
/// <param name="What">Which strike.</param>
/// <param name="At">How long the load had lasted then.</param>
/// <param name="DownSeconds">How long until everything was there again.</param>
/// <param name="RequestsInFlight">Requests that waited for an answer.</param>
/// <param name="OrdersInFlight">Orders that were taken, and neither confirmed nor undone.</param>
/// <param name="TakenAfterSeconds">How long until the next order was in the log.</param>
/// <param name="FulfilledAfterSeconds">How long until a saga began for an order that was taken after the strike.</param>
/// <param name="ReadAfterSeconds">How long until the read models held the next order.</param>
/// <param name="SlowestSagaSeconds">Of the orders that were taken while things were down, how long the slowest waited for its saga to begin.</param>
sealed record Aftermath(
    string What, TimeSpan At, double DownSeconds, int RequestsInFlight, int OrdersInFlight, double? TakenAfterSeconds, double? FulfilledAfterSeconds, double? ReadAfterSeconds, double? SlowestSagaSeconds)
{
    /// <summary>Of every strike.</summary>
    /// <param name="strikes">What happened.</param>
    /// <param name="begun">When the load began.</param>
    /// <param name="events">The whole log.</param>
    /// <param name="readAt">When the read models were first seen to hold a position.</param>
    public static IReadOnlyList<Aftermath> Of(IReadOnlyList<Struck> strikes, DateTimeOffset begun, IReadOnlyList<RecordedEvent> events, Func<long, DateTimeOffset?> readAt)
    {
        var orders = Orders(events);
        return [.. strikes.Select(s => Of(s, begun, orders, readAt))];
    }

    static Aftermath Of(Struck strike, DateTimeOffset begun, IReadOnlyList<Course> orders, Func<long, DateTimeOffset?> readAt)
    {
        var mended = strike.MendedAt ?? DateTimeOffset.MaxValue;
        var next = orders.FirstOrDefault(o => o.PlacedAt > strike.At);
        var meanwhile = orders.Where(o => o.PlacedAt > strike.At && o.PlacedAt <= mended && o.SagaAt is not null).Select(o => (o.SagaAt - o.PlacedAt)?.TotalSeconds);
        return new(
            strike.Text,
            strike.At - begun,
            (mended - strike.At).TotalSeconds,
            strike.RequestsInFlight,
            orders.Count(o => o.PlacedAt <= strike.At && !(o.EndedAt <= strike.At)),
            (next?.PlacedAt - strike.At)?.TotalSeconds,
            (orders.Where(o => o.PlacedAt > strike.At).Min(o => o.SagaAt) - strike.At)?.TotalSeconds,
            next is null ? null : (readAt(next.Position) - strike.At)?.TotalSeconds,
            meanwhile.Max());
    }

    static List<Course> Orders(IReadOnlyList<RecordedEvent> events)
    {
        var orders = new Dictionary<string, Course>(StringComparer.Ordinal);
        foreach (var recorded in events)
        {
            var id = recorded.Stream.Id;
            if (recorded.Stream.Category == "fulfilment" && orders.TryGetValue(id, out var fulfilled))
            {
                fulfilled.SagaAt ??= recorded.RecordedAt;
            }
            else if (recorded.Stream.Category == "order")
            {
                switch (EventCatalog.Read(recorded))
                {
                    case OrderEvent.Placed:
                        orders[id] = new(recorded.Position.Value, recorded.RecordedAt);
                        break;
                    case OrderEvent.Confirmed or OrderEvent.Rejected or OrderEvent.Cancelled:
                        orders[id].EndedAt ??= recorded.RecordedAt;
                        break;
                }
            }
        }

        return [.. orders.Values.OrderBy(o => o.Position)];
    }

    sealed record Course(long Position, DateTimeOffset PlacedAt)
    {
        public DateTimeOffset? SagaAt { get; set; }

        public DateTimeOffset? EndedAt { get; set; }
    }
}
