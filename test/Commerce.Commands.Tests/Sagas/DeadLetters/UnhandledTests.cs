using System.Net.Mime;
using System.Text;
using Commerce.Commands.Handling;
using Commerce.Commands.Sagas;
using Commerce.Commands.Sagas.DeadLetters;
using Commerce.Domain;
using Commerce.Domain.DeadLetters;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Orders;
using MassTransit;
using MassTransit.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Commands.Tests.Sagas.DeadLetters;

/// <summary>Messages that no consumer ever sees: nobody can read them, or nobody of this version knows them.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class UnhandledTests(bool isOnBroker) : HeldOrders(isOnBroker)
{
    const string OfALaterVersion = "order-gift-wrapped.v1";

    [TestCase("not even JSON")]
    [TestCase("""{"messageId":"17","message":{"type":7}}""")]
    [TestCase("")]
    public async Task What_cannot_be_read_is_a_dead_letter_that_can_only_be_discarded_and_holds_nobody_up(string body)
    {
        await Send(new LaterFact(), c => c.Serializer = new Garbled(body));
        await Shop.Tried(() => Store.Letters.Letters.Count == 1);
        var letter = Store.Letters.Letters[0];
        Assert.That((letter.Type, letter.Order, letter.Status, letter.IsReadable), Is.EqualTo((HeldMessage.Unreadable, (Guid?)null, DeadLetterStatus.Open, false)));
        Assert.That(letter.Reason, Does.Contain(body));
        await Store.Settles(await Store.Place(null, ("mug", 1)), FulfilmentPhase.Confirmed);

        Assert.That(await Replay(letter), Is.EqualTo(new CommandOutcome.Rejected(DeadLetterRejections.Unreadable)));
        Assert.That(await Discard(letter), Is.InstanceOf<CommandOutcome.Accepted>());
        await Becomes(letter, DeadLetterStatus.Discarded);
        Assert.That(await StoryOf(letter), Is.EqualTo(new[] { "dead-letter-kept.v1", "dead-letter-discarded.v1" }));
    }

    [Test]
    public async Task What_nobody_of_this_version_knows_is_a_dead_letter_that_holds_only_its_order()
    {
        var (order, letter) = await Unknown();
        Assert.That((letter.Type, letter.IsReadable, letter.Reason), Is.EqualTo((OfALaterVersion, true, "InvalidOperationException: No consumer of this version takes such a message.")));
        await Store.Settles(await Store.Place(null, ("mug", 1)), FulfilmentPhase.Confirmed);

        await Place(order);
        await Shop.Tried(() => LetterOf(order) is { Behind: 1 });
        await Discard(letter);
        await Store.Settles(order, FulfilmentPhase.Confirmed);
        await Becomes(letter, DeadLetterStatus.Discarded);
    }

    [Test]
    public async Task Given_back_to_the_same_version_it_is_the_same_letter_again()
    {
        var (order, letter) = await Unknown();
        await Replay(letter);
        await Shop.Tried(() => LetterOf(order) is { Attempts: 2, Status: DeadLetterStatus.Open });
        await Discard(letter);
        await Becomes(letter, DeadLetterStatus.Discarded);
    }

    [Test]
    public async Task A_letter_that_an_earlier_version_kept_without_its_message_is_not_replayed_but_discarded()
    {
        var (order, letter) = await WithoutMessage();
        Assert.That(await Replay(letter), Is.EqualTo(new CommandOutcome.Rejected(DeadLetterRejections.Unreadable)));

        await Place(order);
        await Shop.Tried(() => LetterOf(order) is { Behind: 1 });
        Assert.That(await Discard(letter), Is.InstanceOf<CommandOutcome.Accepted>());
        await Store.Settles(order, FulfilmentPhase.Confirmed);
    }

    [Test]
    public async Task One_whose_replay_an_earlier_version_let_be_asked_for_is_open_again()
    {
        var (order, letter) = await WithoutMessage();
        await Store.Processor.Handle(DeadLetter.Decider, DeadLetter.StreamOf(letter.Id), new DeadLetterCommand.Replay("mended"), new CommandContext("operator"), default);
        await Desk.Reconcile(letter.Id, default);
        await Shop.Tried(() => LetterOf(order) is { Attempts: 2, Status: DeadLetterStatus.Open });
        Assert.That(LetterOf(order)?.Reason, Is.EqualTo(DeadLetterRejections.Unreadable.Detail));
        Assert.That(await Discard(letter), Is.InstanceOf<CommandOutcome.Accepted>());
    }

    async Task<(OrderId Order, KeptLetter Letter)> Unknown()
    {
        var order = new OrderId(Guid.CreateVersion7());
        await Send(new LaterFact { OrderId = order.Value, Type = OfALaterVersion, Data = "{}" }, c => c.MessageId = Guid.CreateVersion7());
        await Shop.Tried(() => LetterOf(order) is not null);

        // By then every process has read that the order is held.
        await Task.Delay(HeldLook.BelievedFor);
        return (order, LetterOf(order) ?? throw new AssertionException("It is gone."));
    }

    // The columns that the table had at first.
    async Task<(OrderId Order, KeptLetter Letter)> WithoutMessage()
    {
        var order = new OrderId(Guid.CreateVersion7());
        await Store.Settles(await Store.Place(null, ("mug", 1)), FulfilmentPhase.Confirmed);
        await Store.Stop();
        await using var kept = SagaDatabase.Source.CreateCommand(
            "INSERT INTO commerce.dead_letters (queue, event_id, order_id, position, type, reason, at) VALUES ($1, gen_random_uuid(), $2, 0, 'order-placed.v1', 'It was broken.', now())");
        kept.Parameters.Add(new() { Value = Store.Queue(Consumers.Fulfilment) });
        kept.Parameters.Add(new() { Value = order.Value });
        await kept.ExecuteNonQueryAsync();
        await Store.Start();
        await Shop.Tried(() => LetterOf(order) is { IsReadable: false } l && StoryOf(l).Result.Count == 1);
        return (order, LetterOf(order) ?? throw new AssertionException("It is gone."));
    }

    Task Place(OrderId order) =>
        Store.Ask(order, new OrderCommand.Place(order, 1, Currency.Of("GBP"), null, null, null, OrderOrigin.Client, [new OrderLine(1, Sku.Of("mug"), "mug", 1, new Money(10, Currency.Of("GBP")))]));

    async Task Send(LaterFact fact, Action<SendContext<LaterFact>> how)
    {
        var bus = Store.Hosts[0].Services.GetRequiredService<CommerceBus>();
        await bus.Started;
        await (await bus.EndpointOf(Consumers.Fulfilment)).Send(fact, how);
    }

    /// <summary>An event that a later version sends.</summary>
    public sealed record LaterFact : FactMessage;

    /// <summary>Writes something else than the message.</summary>
    sealed class Garbled(string body) : IMessageSerializer
    {
        public ContentType ContentType => SystemTextJsonMessageSerializer.JsonContentType;

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class => new BytesMessageBody(Encoding.UTF8.GetBytes(body));
    }
}
