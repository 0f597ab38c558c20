using System.Text;
using Commerce.Commands.Sagas;
using Commerce.Domain;
using Commerce.Domain.DeadLetters;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Testing.Logs;
using Commerce.Testing.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>Facts that wait together travel as one message; nothing but the way is shared.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class BatchTests(bool isOnBroker)
{
    /// <summary>A bus that did not start, or does not take a message, is told as what it is, not by a test that never ends.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    static readonly string[] StoryOfOne =
        ["fulfilment-started.v1", "fulfilment-stock-reserved.v1", "fulfilment-payment-requested.v1", "fulfilment-payment-authorised.v1", "fulfilment-order-confirmed.v1"];

    [Test]
    public async Task Facts_that_wait_together_are_handled_each_for_itself_and_given_up_each_for_itself()
    {
        await using var shop = await Open(relays: true);
        var orders = new List<OrderId>();
        for (var n = 0; n < 100; n++)
        {
            orders.Add(await shop.Place(null, ("mug", 1)));
        }

        var broken = orders[40];
        shop.Log.Before = stream => stream == FulfilmentState.StreamOf(broken) ? throw new InvalidOperationException("It is broken.") : Task.CompletedTask;
        await shop.Start();
        foreach (var order in orders.Where(o => o != broken))
        {
            await shop.Settles(order, FulfilmentPhase.Confirmed);
        }

        await Shop.Tried(() => shop.Letters.Letters is [{ Behind: 1 }]);
        Assert.That((shop.Letters.Letters[0].Order, shop.Letters.Letters[0].Type), Is.EqualTo(((Guid?)broken.Value, "order-placed.v1")));
        Assert.That(await shop.Story(FulfilmentState.StreamOf(orders[41])), Is.EqualTo(StoryOfOne));
        Assert.That((await shop.StockOf("mug")).Available, Is.EqualTo(900));
    }

    [Test]
    public async Task A_fact_that_nobody_knows_is_a_dead_letter_and_those_beside_it_are_handled()
    {
        await using var shop = await Open(relays: false);
        await shop.Start();
        var (order, other) = (await shop.Place(null, ("mug", 1)), new OrderId(Guid.CreateVersion7()));
        await Send(shop, Fact(other, "order-dreamt.v1", "{}"), await PlacedFact(shop, order));
        await shop.Until(async () => (await shop.SagaOf(order)).Phase == FulfilmentPhase.Paying);
        await Shop.Tried(() => shop.Letters.Letters.Count > 0);
        var letter = shop.Letters.Letters.Single();
        Assert.That(
            (letter.Order, letter.Type, letter.Status, letter.Reason),
            Is.EqualTo(((Guid?)other.Value, "order-dreamt.v1", DeadLetterStatus.Open, "InvalidOperationException: No consumer of this version takes such a message.")));
    }

    [Test]
    public async Task A_fact_that_comes_twice_within_a_batch_and_in_the_next_one_is_done_once()
    {
        await using var shop = await Open(relays: false);
        await shop.Start();
        var order = await shop.Place(null, ("mug", 1));
        var placed = await PlacedFact(shop, order);
        var last = await shop.Place(null, ("mug", 1));
        await Send(shop, placed, placed);
        await Send(shop, placed, await PlacedFact(shop, last));
        await shop.Until(async () => (await shop.SagaOf(last)).Phase == FulfilmentPhase.Paying && (await shop.SagaOf(order)).Phase == FulfilmentPhase.Paying);
        Assert.That(await shop.Story(FulfilmentState.StreamOf(order)), Is.EqualTo(StoryOfOne.Take(3)));
        Assert.That(((await shop.StockOf("mug")).Available, shop.Letters.Letters.Count), Is.EqualTo((998, 0)));
    }

    [Test]
    public async Task A_fact_that_travels_alone_as_those_of_earlier_versions_do_is_handled_as_well()
    {
        await using var shop = await Open(relays: true, batchFactsMax: 1);
        var orders = new List<OrderId>();
        for (var n = 0; n < 10; n++)
        {
            orders.Add(await shop.Place(null, ("mug", 1)));
        }

        await shop.Start();
        foreach (var order in orders)
        {
            await shop.Settles(order, FulfilmentPhase.Confirmed);
        }
    }

    async Task<Shop> Open(bool relays, int batchFactsMax = 64)
    {
        var pauses = ShortPauses.Options(isOnBroker ? (await RabbitMqForTests.Server()).Uri : null);
        var shop = await Shop.On(LogEngine.InMemory, new()
        {
            Bus = pauses.Bus,
            QueuePrefix = pauses.QueuePrefix,
            RetryPauses = pauses.RetryPauses,
            CheckpointEvery = pauses.CheckpointEvery,
            DeadlinesEvery = pauses.DeadlinesEvery,
            DeadLettersEvery = pauses.DeadLettersEvery,
            Policy = pauses.Policy,
            RunsRelay = relays,
            BatchFactsMax = batchFactsMax,
        });
        await shop.Receive("mug", 1_000);
        return shop;
    }

    static async Task Send(Shop shop, params BatchedFact[] facts)
    {
        var bus = shop.Hosts[0].Services.GetRequiredService<CommerceBus>();
        await bus.Started.WaitAsync(Patience);
        await (await bus.EndpointOf(Consumers.Fulfilment)).Send(new FactBatch { Facts = facts }).WaitAsync(Patience);
    }

    static async Task<BatchedFact> PlacedFact(Shop shop, OrderId order)
    {
        await foreach (var placed in shop.Log.ReadStream(Order.StreamOf(order), ReadDirection.Forwards, 0, 1, default))
        {
            return Fact(order, placed.Type, Encoding.UTF8.GetString(placed.Data.Span)) with { EventId = placed.Id };
        }

        throw new AssertionException($"{order} is not there.");
    }

    // Just now: what was placed long ago has no time left to be paid.
    static BatchedFact Fact(OrderId order, string type, string data) =>
        new() { EventId = Guid.CreateVersion7(), OrderId = order.Value, Type = type, Data = data, OccurredAt = TimeProvider.System.GetUtcNow() };
}
