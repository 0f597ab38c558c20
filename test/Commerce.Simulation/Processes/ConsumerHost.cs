using Commerce.Commands.FlashSales;
using Commerce.Commands.Payments;
using Commerce.Commands.Sagas;
using Commerce.Simulation.Machinery;
using Commerce.Simulation.Servers;

namespace Commerce.Simulation.Processes;

/// <summary>
/// The consumers of one process: messages of one order and queue one after another; a lost resource is waited for, a lost
/// race is run again at once, anything else a few times; then the message is a dead letter.
/// </summary>
sealed class ConsumerHost(Node node, FulfilmentRunner runner, FulfilmentStore store, PaymentExecutor executor, FlashSaleDesk sales, SagaOptions options, Action<Delivery, Exception> giveUp)
{
    readonly Dictionary<(Consumers, Guid), Queue<(Delivery Delivery, Action Done)>> _lanes = [];

    public void Receive(Delivery delivery, Action done)
    {
        var key = (delivery.Consumer, delivery.Message.OrderId);
        if (_lanes.TryGetValue(key, out var lane))
        {
            lane.Enqueue((delivery, done));
            return;
        }

        _lanes[key] = lane = new([(delivery, done)]);
        node.Run(async () =>
        {
            while (lane.TryPeek(out var next))
            {
                await Consume(next.Delivery).ConfigureAwait(false);
                next.Done();
                lane.Dequeue();
            }

            _lanes.Remove(key);
        });
    }

    async Task Consume(Delivery delivery)
    {
        var attempts = new Attempts(options);
        var isTriedBefore = false;
        while (true)
        {
            await node.Step("handle", delivery).ConfigureAwait(false);
            try
            {
                var isFirst = delivery.Message.IsNew && !isTriedBefore;
                isTriedBefore = true;
                await Handle(delivery, isFirst).ConfigureAwait(false);
                return;
            }
            catch (Exception e)
            {
                if (attempts.After(e) is not { } pause)
                {
                    giveUp(delivery, e);
                    return;
                }

                await node.Pause(pause).ConfigureAwait(false);
            }
        }
    }

    async Task Handle(Delivery delivery, bool isFirst)
    {
        if (delivery.Consumer == Consumers.Payments)
        {
            using var request = HandledMessage.Of(delivery.Message, delivery.Id, PaymentExecutor.Actor, isFirst);
            await executor.Handle(request, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        if (delivery.Consumer == Consumers.FlashSales)
        {
            using var fact = HandledMessage.Of(delivery.Message, delivery.Id, FlashSaleDesk.Actor, isFirst);
            await sales.Handle(fact, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        using var cause = HandledMessage.Of(delivery.Message, delivery.Id, FulfilmentRunner.Actor);
        var saga = isFirst && delivery.Message is OrderPlaced
            ? store.Begin(delivery.Message.OrderId)
            : await store.Load(delivery.Message.OrderId, CancellationToken.None).ConfigureAwait(false);
        await runner.React(saga, cause, CancellationToken.None).ConfigureAwait(false);
        store.Keep(saga);
    }
}
