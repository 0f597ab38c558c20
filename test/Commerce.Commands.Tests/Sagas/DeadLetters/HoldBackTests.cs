using Commerce.Commands.Sagas;
using Commerce.Commands.Sagas.DeadLetters;
using Commerce.Domain;
using Commerce.Domain.DeadLetters;
using Commerce.Domain.Fulfilment;
using Commerce.Testing.Telemetry;

namespace Commerce.Commands.Tests.Sagas.DeadLetters;

/// <summary>While an order has a dead letter in a queue, later messages of it wait there; nobody else does.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class HoldBackTests(bool isOnBroker) : HeldOrders(isOnBroker)
{
    static readonly string[] BothThatWaited = ["fulfilment-payment-authorised.v1", "fulfilment-order-cancelled.v1"];

    [Test]
    public async Task Later_messages_of_an_order_wait_behind_its_dead_letter_and_other_orders_go_on()
    {
        var (order, letter) = await BrokenAndCancelled();
        Mend();
        var other = await Store.Place(null, ("mug", 1));
        await Store.Settles(other, FulfilmentPhase.Confirmed);
        await Rests();
        Assert.That(await SagaStoryOf(order), Is.Empty);
        Assert.That((letter.Type, letter.Reason, letter.Attempts, LetterOf(order)?.Behind), Is.EqualTo(("order-placed.v1", "InvalidOperationException: It is broken.", 1, 2)));
        Assert.That(await StoryOf(letter), Is.EqualTo(new[] { "dead-letter-kept.v1" }));
    }

    [Test]
    public async Task A_replay_handles_the_letter_and_then_what_waits_behind_it_in_order()
    {
        var (order, letter) = await BrokenAndCancelled();
        Mend();
        await Replay(letter);
        await Store.Settles(order, FulfilmentPhase.Undone);
        await Becomes(letter, DeadLetterStatus.Handled);
        await Shop.Tried(() => LetterOf(order) is { Behind: 0 });

        // Behind the letter the order is what a cancelled order is: its stock was reserved, and let go by the message that waited.
        Assert.That((await SagaStoryOf(order))[0], Is.EqualTo("fulfilment-started.v1"));
        Assert.That((await Store.StockOf("mug")).Available, Is.EqualTo(100));
        Assert.That(await StoryOf(letter), Is.EqualTo(new[] { "dead-letter-kept.v1", "dead-letter-replay-asked.v1", "dead-letter-handled.v1" }));
    }

    [Test]
    public async Task A_replay_that_fails_again_is_the_same_letter_with_the_new_reason_and_the_rest_stays()
    {
        var (order, letter) = await BrokenAndCancelled();
        BreakOtherwise("It is still broken.");
        await Replay(letter, "trying");
        await Shop.Tried(() => LetterOf(order) is { Attempts: 2, Status: DeadLetterStatus.Open });
        Assert.That(LetterOf(order), Is.EqualTo(letter with { Attempts = 2, Behind = 2, Reason = "InvalidOperationException: It is still broken.", ChangedAt = LetterOf(order)?.ChangedAt ?? default }));
        Assert.That(await SagaStoryOf(order), Is.Empty);

        Mend();
        await Replay(letter);
        await Store.Settles(order, FulfilmentPhase.Undone);
        await Becomes(letter, DeadLetterStatus.Handled);
        Assert.That(await StoryOf(letter), Is.EqualTo(new[] { "dead-letter-kept.v1", "dead-letter-replay-asked.v1", "dead-letter-failed-again.v1", "dead-letter-replay-asked.v1", "dead-letter-handled.v1" }));
    }

    [Test]
    public async Task A_discarded_letter_is_never_handled_and_what_waits_behind_it_goes_on()
    {
        var (order, letter) = await BrokenAndCancelled();
        Mend();
        await Discard(letter);
        await Shop.Tried(() => LetterOf(order) is { Behind: 0 });
        Assert.That((await SagaStoryOf(order)).Take(2), Is.EqualTo(BothThatWaited));
        Assert.That(LetterOf(order)?.Status, Is.EqualTo(DeadLetterStatus.Discarded));
    }

    [Test]
    public async Task What_waited_and_fails_becomes_a_letter_itself()
    {
        var (order, letter) = await BrokenAndCancelled();
        await Discard(letter);
        await Shop.Tried(() => Store.Letters.Letters.Find(l => l.Order == order.Value && !l.IsSettled) is { Type: "payment-authorised.v1", Behind: 1, Attempts: 1 });
        var next = Store.Letters.Letters[0];
        await Shop.Tried(() => StoryOf(next).Result.Count == 1);

        Mend();
        await Replay(next);
        await Becomes(next, DeadLetterStatus.Handled);
        await Shop.Tried(() => Store.Letters.Letters.TrueForAll(l => l.Behind == 0));
        Assert.That((await SagaStoryOf(order)).Take(2), Is.EqualTo(BothThatWaited));
    }

    [Test]
    public async Task What_the_relay_brings_again_is_not_held_twice_and_not_handled_before_its_turn()
    {
        var (order, letter) = await BrokenAndCancelled();
        Mend();
        await RelayAnew();
        Assert.That((LetterOf(order)?.Behind, (await SagaStoryOf(order)).Count), Is.EqualTo(((int?)2, 0)));

        await Discard(letter);
        await Shop.Tried(() => LetterOf(order) is { Behind: 0 });
        await RelayAnew();
        Assert.That((await SagaStoryOf(order)).Take(2), Is.EqualTo(BothThatWaited));
        Assert.That(await SagaStoryOf(order), Does.Not.Contain("fulfilment-started.v1"));
        Assert.That(Store.Letters.Letters, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task With_several_nodes_each_of_them_knows_what_another_holds()
    {
        await Store.Start();
        await Store.Start();
        await Shop.Tried(() => Store.Checkpoints.Loads == 3);
        using var inHands = new HeardFigures("commerce.messages.in_hands");
        var orders = new List<(OrderId Order, KeptLetter Letter)>();
        for (var n = 0; n < 5; n++)
        {
            orders.Add(await BrokenAndCancelled());
        }

        // Each of the nodes relays each of an order's three messages, which is taken up and put down: one that is still tried would be handled once mended.
        await Shop.Tried(() => HandsMoved(inHands) == 2 * 3 * 3 * orders.Count);
        Mend();
        foreach (var (order, _) in orders)
        {
            Assert.That(await SagaStoryOf(order), Is.Empty);
        }

        await Task.WhenAll(orders.Select(o => Replay(o.Letter)));
        foreach (var (order, letter) in orders)
        {
            await Store.Settles(order, FulfilmentPhase.Undone);
            await Becomes(letter, DeadLetterStatus.Handled);
            Assert.That((await StoryOf(letter)).Count(t => t == "dead-letter-handled.v1"), Is.EqualTo(1));
        }

        Assert.That((await Store.StockOf("mug")).Available, Is.EqualTo(100));
    }

    [Test]
    public async Task A_replay_that_is_cut_short_goes_on_after_the_next_start()
    {
        var (order, letter) = await BrokenAndCancelled();
        await Store.Stop(isCrash: true);
        Mend();
        await Replay(letter);
        await Store.Start();
        await Store.Settles(order, FulfilmentPhase.Undone);
        await Becomes(letter, DeadLetterStatus.Handled);
    }

    // How often a message of the saga was taken up or put down.
    int HandsMoved(HeardFigures inHands) => inHands.Count(tags => tags["queue"] is string queue && queue == Store.Queue(Consumers.Fulfilment));

    // What a crash repeats at most, and more: the relay brings the whole log again.
    async Task RelayAnew()
    {
        await Store.Stop(isCrash: true);
        Store.Checkpoints.Forget();
        await Store.Start();
        var other = await Store.Place(null, ("mug", 1));
        await Store.Settles(other, FulfilmentPhase.Confirmed);
        await Rests();
    }
}
