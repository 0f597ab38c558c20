using System.Text;
using Commerce.Commands.Sagas;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;
using Commerce.Simulation.Machinery;
using Commerce.Simulation.Servers;

namespace Commerce.Simulation.Processes;

/// <summary>
/// Wakes the sagas of orders whose payment or reservation has run out of time. What is due it reads from the log after each
/// start; every process has one, and none asks what the others do.
/// </summary>
sealed class DeadlineScanner(Node node, NodeLog log, FulfilmentRunner runner, FulfilmentStore store, Scheduler scheduler)
{
    /// <summary>Events of one reading.</summary>
    const int PageEventsMax = 1_000;

    static readonly TimeSpan Every = TimeSpan.FromSeconds(15);
    static readonly StreamFilter Streams = StreamFilter.Categories("payment", "fulfilment");

    readonly Dictionary<OrderId, RecordedEvent> _started = [];
    readonly List<(OrderId Order, DateTimeOffset At)> _due = [];
    LogPosition _read;

    public async Task Run()
    {
        while (true)
        {
            try
            {
                await CatchUp().ConfigureAwait(false);
                foreach (var due in _due.FindAll(d => d.At <= scheduler.Now && _started.ContainsKey(d.Order)))
                {
                    await Wake(due.Order, _started[due.Order]).ConfigureAwait(false);
                    _due.Remove(due);
                }
            }
            catch (Exception e) when (e is EventLogUnavailableException or SagaConflictException)
            {
                // The next look finds it due still.
            }

            await node.Pause(Every).ConfigureAwait(false);
        }
    }

    async Task CatchUp()
    {
        while (await log.Page(_read, Streams, PageEventsMax).ConfigureAwait(false) is [.., var last] page)
        {
            foreach (var recorded in page)
            {
                switch (EventCatalog.Read(recorded))
                {
                    case FulfilmentEvent.Started e:
                        _started[e.Order] = recorded;
                        _due.Add((e.Order, e.ReservedUntil));
                        break;
                    case PaymentEvent.Requested { Until: { } until } e:
                        _due.Add((e.Order, until));
                        break;
                }
            }

            _read = last.Position;
        }
    }

    async Task Wake(OrderId order, RecordedEvent started)
    {
        // The saga's own beginning stands for what led to this.
        var message = new OrderPlaced { OrderId = order.Value, Type = started.Type, Data = Encoding.UTF8.GetString(started.Data.Span), Position = started.Position.Value };
        using var cause = HandledMessage.Of(message, started.Id, FulfilmentRunner.Actor);
        await node.Step("wake the saga of order", order).ConfigureAwait(false);
        var saga = await store.Load(order.Value, CancellationToken.None).ConfigureAwait(false);
        await runner.React(saga, new FulfilmentInput.DeadlinePassed(scheduler.Now), cause, CancellationToken.None).ConfigureAwait(false);
        store.Keep(saga);
    }
}
