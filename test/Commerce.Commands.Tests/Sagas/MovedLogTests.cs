using Commerce.Commands.EventLog.Copying;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Testing.Logs;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>On a log that was moved the relay begins anew; nothing that was done is done again.</summary>
[TestFixture(LogEngine.InMemory)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class MovedLogTests(LogEngine engine)
{
    [Test]
    public async Task A_relay_that_begins_anew_does_nothing_twice_though_the_provider_forgot_and_goes_on_with_what_is_open()
    {
        await using var old = await Shop.On(LogEngine.InMemory, ShortPauses.Options(null));
        await old.Receive("mug", 50);
        await old.Start();
        await Trade(old);
        await old.Stop();
        var open = await old.Place(null, ("mug", 1));

        await using var moved = await Shop.On(engine, ShortPauses.Options(null));
        await new LogCopy(old.Log, moved.Log).Run(null, default);
        var before = await Events(moved.Log);
        await moved.Start();
        await moved.Settles(open, FulfilmentPhase.Confirmed);
        var head = await moved.Log.Head(default);
        await Shop.Tried(() => moved.Checkpoints.Load(default).Result >= head);

        var after = await Events(moved.Log);
        Assert.That(after[..before.Count].Select(e => e.Id), Is.EqualTo(before.Select(e => e.Id)));
        Assert.That(after[before.Count..].Where(e => !Concerns(e, open)).Select(e => (e.Stream, e.Type)), Is.Empty);
        Assert.That(after[before.Count..].Where(e => e.Stream.Category == "stock").Select(e => e.Type), Is.EqualTo(new[] { "stock-reserved.v1" }));
        Assert.That(moved.Provider.Books.Select(b => (b.Kind, b.Payment)), Is.EqualTo(new[] { ("authorise", PaymentId.For(open)) }));
        Assert.That(moved.Letters.Letters, Is.Empty);
    }

    // One order for each end that an order can have, with all that the provider can be asked for.
    static async Task Trade(Shop shop)
    {
        var delivered = await shop.Place(null, ("mug", 3));
        await shop.Settles(delivered, FulfilmentPhase.Confirmed);
        await shop.Ask(delivered, new OrderCommand.Ship(Guid.CreateVersion7(), []));
        await shop.Settles(delivered, FulfilmentPhase.Completed);
        await shop.Ask(delivered, new OrderCommand.Return(Guid.CreateVersion7(), [new LineQuantity(1, 1)], "broken"));
        await shop.Until(async () => await shop.SagaOf(delivered) is { IsSettled: true, Returns.Length: 1 });

        var cancelled = await shop.Place(null, ("mug", 2));
        await shop.Settles(cancelled, FulfilmentPhase.Confirmed);
        await shop.Ask(cancelled, new OrderCommand.Cancel("changed my mind"));
        await shop.Settles(cancelled, FulfilmentPhase.Undone);
        await shop.Settles(await shop.Place(ScriptedProvider.Declined, ("mug", 1)), FulfilmentPhase.Undone);
        await shop.Settles(await shop.Place(null, ("mug", 99)), FulfilmentPhase.Undone);
    }

    // The saga of a rejected order notes that it released what it held, which is nothing: that is no effect.
    static bool Concerns(RecordedEvent e, OrderId order) =>
        e.Stream.Id == order.ToString() || e.Stream.Id == PaymentId.For(order).ToString() || e.Stream.Category == "stock" || e.Type == "fulfilment-stock-released.v1";

    static async Task<List<RecordedEvent>> Events(IEventLog log)
    {
        var events = new List<RecordedEvent>();
        await foreach (var e in log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, default))
            events.Add(e);

        return events;
    }
}
