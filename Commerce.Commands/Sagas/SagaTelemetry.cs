using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Commerce.Domain.Orders;

namespace Commerce.Commands.Sagas;

/// <summary>What operators see of sagas and deadlines.</summary>
static class SagaTelemetry
{
    /// <summary>Names of the states as the API has them.</summary>
    static readonly FrozenDictionary<OrderStatus, string> Names = Enum.GetValues<OrderStatus>().ToFrozenDictionary(s => s, s => JsonNamingPolicy.CamelCase.ConvertName(s.ToString()));

    /// <summary>From taking a message off its queue to being done with it, retries and their pauses included, by type and outcome: <c>done</c>, or <c>failed</c>.</summary>
    static readonly Histogram<double> MessageDuration =
        CommerceTelemetry.Meter.CreateHistogram("commerce.messages.duration", "s", "Time of handling messages, by type and outcome.", advice: CommerceTelemetry.Seconds);

    /// <summary>Orders whose saga heard that they are so: placed, confirmed, or in one of the states that an order ends in.</summary>
    static readonly Counter<long> Orders =
        CommerceTelemetry.Meter.CreateCounter<long>("commerce.orders", "{order}", "Orders that reached a state, by state.");

    /// <summary>From placed to confirmed, as a customer waits for it.</summary>
    static readonly Histogram<double> Confirmation =
        CommerceTelemetry.Meter.CreateHistogram("commerce.orders.confirmation.duration", "s", "From placing an order to its confirmation.", advice: CommerceTelemetry.Seconds);

    /// <summary>How late orders are woken after something of them was due.</summary>
    static readonly Histogram<double> DeadlineLag =
        CommerceTelemetry.Meter.CreateHistogram("commerce.deadlines.lag", "s", "From a deadline to the waking of its order.", advice: CommerceTelemetry.Seconds);

    public static void Handled(string message, string outcome, TimeSpan duration)
    {
        if (MessageDuration.Enabled)
        {
            MessageDuration.Record(duration.TotalSeconds, new("message", message), new("outcome", outcome));
        }
    }

    /// <summary>Counts an order whose state is another than before.</summary>
    /// <param name="before">What it was.</param>
    /// <param name="now">What it is.</param>
    /// <param name="age">Since it was placed; null where that was not heard yet.</param>
    public static void Moved(OrderStatus before, OrderStatus now, TimeSpan? age)
    {
        if (before == now)
        {
            return;
        }

        if (Orders.Enabled)
        {
            Orders.Add(1, new KeyValuePair<string, object?>("state", Names[now]));
        }

        if (now == OrderStatus.Confirmed && age is { } waited)
        {
            Confirmation.Record(waited.TotalSeconds);
        }
    }

    public static void Woken(TimeSpan late) => DeadlineLag.Record(late.TotalSeconds);
}
