using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>What undoes something is tried until it is done, or handed to a person, and has its effect once.</summary>
public abstract partial class FulfilmentPath
{
    [TestCase("void")]
    [TestCase("refund")]
    [TestCase("capture")]
    public async Task What_the_provider_refuses_is_left_to_a_person_and_done_once_when_it_is_given_back(string kind)
    {
        var id = await Store.Place(null, ("mug", 2));
        await Store.Settles(id, FulfilmentPhase.Confirmed);
        Store.Provider.Refuses = kind;
        await Store.Ask(id, kind == "void" ? new OrderCommand.Cancel("changed my mind") : new OrderCommand.Ship(Guid.CreateVersion7(), []));
        if (kind == "refund")
        {
            await Store.Settles(id, FulfilmentPhase.Completed);
            await Store.Ask(id, new OrderCommand.Return(Guid.CreateVersion7(), [], "broken"));
        }

        await Shop.Tried(() => !Store.Letters.Letters.IsEmpty);
        var (letter, waiting) = (Store.Letters.Letters.Single(), await Store.SagaOf(id));
        Assert.That((letter.Type, Store.Provider.Refusals.Count, waiting.IsSettled), Is.EqualTo(($"payment-{kind}-requested.v1", 1 + ShortPauses.Options(null).RetryPauses.Count, false)));
        Assert.That(Store.Provider.Books.Select(b => b.Kind), Does.Not.Contain(kind));

        Store.Provider.Refuses = null;
        Assert.That(await Store.Letters.Desk.Replay(letter.Id, "the provider agrees now", new CommandContext("operator"), default), Is.InstanceOf<CommandOutcome.Accepted>());
        await Store.Settles(id, kind == "void" ? FulfilmentPhase.Undone : FulfilmentPhase.Completed);
        await Store.TellAllAgain();
        await AssertDoneOnce(kind switch { "void" => "payment-voided.v1", "refund" => "payment-refunded.v1", _ => "payment-captured.v1" });
        Assert.That(Store.Provider.Books.Count(b => b.Kind == kind), Is.EqualTo(1));
    }

    [TestCase("reject", "order", "order-rejected.v1")]
    [TestCase("reject", "stock", "stock-released.v1")]
    [TestCase("cancel", "stock", "stock-released.v1")]
    [TestCase("cancel", "payment", "payment-voided.v1")]
    [TestCase("run out", "order", "order-cancelled.v2")]
    [TestCase("return", "stock", "stock-returned.v2")]
    [TestCase("return", "payment", "payment-refunded.v1")]
    [TestCase("cancel rest", "stock", "stock-released.v1")]
    public async Task A_compensation_is_tried_until_it_is_done_and_is_done_once_however_often_it_is_asked_for(string how, string category, string compensation)
    {
        Store.Provider.Gate = how == "reject" ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        var id = await Store.Place(how == "reject" ? ScriptedProvider.Declined : null, ("mug", 2));
        await Prepare(id, how);
        var failures = 5;
        Store.Log.FailsBefore = stream => stream.Category == category && Interlocked.Decrement(ref failures) >= 0;
        await Begin(id, how);
        await Store.Until(async () => await Store.SagaOf(id) is { IsSettled: true, Phase: FulfilmentPhase.Undone or FulfilmentPhase.Completed } saga && saga.Returns.Length == (how == "return" ? 1 : 0));
        Assert.That(failures, Is.Negative, "It failed as often as it was to.");
        await AssertDoneOnce(compensation);

        await Store.TellAllAgain();
        await AssertDoneOnce(compensation);
        Assert.That(Store.Letters.Letters, Is.Empty);
    }

    [Test]
    public async Task What_a_process_reserved_that_was_overtaken_and_ended_before_it_learned_of_that_goes_back()
    {
        var (served, undone) = (await Store.Place(null, ("mug", 2)), await Store.Place(null, ("tea", 2)));
        await Store.Settles(served, FulfilmentPhase.Confirmed);
        await Store.Settles(undone, FulfilmentPhase.Confirmed);
        await Store.Ask(undone, new OrderCommand.Cancel("changed my mind"));
        await Store.Settles(undone, FulfilmentPhase.Undone);

        await Store.Reserve("tea", 2, undone);
        Store.Time.Pass(TimeSpan.FromMinutes(2));

        await Store.Until(async () => (await Store.StockOf("tea")).Available == 3);
        Assert.That(((await Store.StockOf("mug")).Available, (await Store.OrderOf(served)).Status), Is.EqualTo((8, OrderStatus.Confirmed)), "what the saga has stays where it is");
    }

    async Task Prepare(OrderId id, string how)
    {
        if (how == "reject")
        {
            await Store.Until(async () => (await Store.SagaOf(id)).Phase == FulfilmentPhase.Paying);
            return;
        }

        await Store.Settles(id, FulfilmentPhase.Confirmed);
        if (how is "return" or "cancel rest")
        {
            await Store.Ask(id, new OrderCommand.Ship(Guid.CreateVersion7(), how == "return" ? [] : [new LineQuantity(1, 1)]));
            await Store.Until(async () => await Store.SagaOf(id) is { IsSettled: true, Shipments.Length: 1 });
        }
    }

    async Task Begin(OrderId id, string how)
    {
        switch (how)
        {
            case "reject":
                Store.Provider.Gate?.SetResult();
                break;
            case "run out":
                Store.Time.Pass(TimeSpan.FromDays(31));
                break;
            default:
                await Store.Ask(id, how switch
                {
                    "cancel" => new OrderCommand.Cancel("changed my mind"),
                    "cancel rest" => new OrderCommand.CancelRest("never mind the rest"),
                    _ => new OrderCommand.Return(Guid.CreateVersion7(), [], "broken"),
                });
                break;
        }
    }

    async Task AssertDoneOnce(string compensation)
    {
        var all = new List<string>();
        await foreach (var e in Store.Log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, default))
        {
            all.Add(e.Type);
        }

        Assert.That(all.Count(type => type == compensation), Is.EqualTo(1), string.Join(" ", all));
    }
}
