using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>Called off at every stage: what is answered, and how the order ends.</summary>
public abstract partial class FulfilmentPath
{
    const string NotAnyMore = "order-status";

    volatile bool _isHeldUp;

    [TestCase("before anything is reserved", null, FulfilmentPhase.Undone, OrderStatus.Cancelled, PaymentStatus.None, PaymentStatus.Voided)]
    [TestCase("half reserved", null, FulfilmentPhase.Undone, OrderStatus.Cancelled, PaymentStatus.None, PaymentStatus.Voided)]
    [TestCase("paying, never answered", null, FulfilmentPhase.Undone, OrderStatus.Cancelled, PaymentStatus.Expired)]
    [TestCase("paying, then yes", null, FulfilmentPhase.Undone, OrderStatus.Cancelled, PaymentStatus.Voided)]
    [TestCase("paying, then no", null, FulfilmentPhase.Undone, OrderStatus.Cancelled, PaymentStatus.Declined)]
    [TestCase("confirmed", null, FulfilmentPhase.Undone, OrderStatus.Cancelled, PaymentStatus.Voided)]
    [TestCase("partly shipped", NotAnyMore, FulfilmentPhase.Confirmed, OrderStatus.PartiallyShipped, PaymentStatus.Authorised)]
    [TestCase("completed", NotAnyMore, FulfilmentPhase.Completed, OrderStatus.Completed, PaymentStatus.Authorised)]
    [TestCase("returned", NotAnyMore, FulfilmentPhase.Completed, OrderStatus.Returned, PaymentStatus.Authorised)]
    public async Task An_order_can_be_called_off_until_something_of_it_is_shipped(string stage, string? refusal, FulfilmentPhase phase, OrderStatus status, params PaymentStatus[] payment)
    {
        await Store.Receive("tea", 2, "spare");
        var id = await Reach(stage);
        Assert.That(await Store.RefusalOf(id, new OrderCommand.Cancel("changed my mind")), Is.EqualTo(refusal));
        Assert.That(await Store.RefusalOf(id, new OrderCommand.Cancel("changed my mind")), Is.EqualTo(refusal), "Asked again, the answer is the same.");
        GoOn(stage);

        await Store.Settles(id, phase);
        Assert.That((await Store.OrderOf(id)).Status, Is.EqualTo(status));
        Assert.That(payment, Does.Contain((await Store.PaymentOf(id)).Status), "Its payment may have been asked for before word of the cancellation came.");
        if (phase == FulfilmentPhase.Undone)
        {
            Assert.That(((await Store.StockOf("tea")).Available, (await Store.StockOf("tea", "spare")).Available), Is.EqualTo((3, 2)));
        }

        Assert.That(Store.Letters.Letters, Is.Empty);
    }

    [Test]
    public async Task The_rest_of_an_order_that_can_never_be_sent_is_called_off_and_the_order_ends_with_what_was_sent()
    {
        await Store.Receive("tea", 2, "spare");
        var id = await Store.Place(null, ("tea", 5), ("mug", 2));
        await Store.Settles(id, FulfilmentPhase.Confirmed);
        Assert.That(await Store.RefusalOf(id, new OrderCommand.CancelRest("none sent")), Is.EqualTo(NotAnyMore));
        await Store.Ask(id, new OrderCommand.Ship(Guid.CreateVersion7(), [new LineQuantity(1, 4)]));
        Store.Time.Pass(TimeSpan.FromDays(31));
        await Store.Until(async () => await Store.SagaOf(id) is { IsSettled: true, IsKept: true, Shipments.Length: 1 });
        Assert.That(Total(await Store.StockOf("tea", "spare"), await Store.StockOf("mug")), Is.EqualTo(3), "It stays held, for who has got a part was promised the rest.");

        await Store.Ask(id, new OrderCommand.CancelRest("the last one is broken"));
        await Store.Settles(id, FulfilmentPhase.Completed);
        Assert.That(((await Store.OrderOf(id)).Status, (await Store.PaymentOf(id)).Captured.Amount), Is.EqualTo((OrderStatus.Completed, 40m)));
        Assert.That(Total(await Store.StockOf("tea"), await Store.StockOf("tea", "spare"), await Store.StockOf("mug")), Is.Zero);
        Assert.That(((await Store.StockOf("tea", "spare")).Available, (await Store.StockOf("mug")).Available, Store.Letters.Letters.Count), Is.EqualTo((1, 10, 0)));

        await Store.Ask(id, new OrderCommand.Return(Guid.CreateVersion7(), [], "broken too"));
        await Store.Until(async () => await Store.SagaOf(id) is { IsSettled: true, Returns.Length: 1 });
        Assert.That(((await Store.OrderOf(id)).Status, (await Store.PaymentOf(id)).Refunded.Amount), Is.EqualTo((OrderStatus.Returned, 40m)));
    }

    static int Total(params Stock[] stocks) => stocks.Sum(s => s.ReservedTotal);

    async Task<OrderId> Reach(string stage)
    {
        _isHeldUp = stage is "before anything is reserved" or "half reserved";
        Store.Log.FailsBefore = stream => _isHeldUp && (stage == "half reserved" ? stream == Stock.StreamOf(Sku.Of("tea"), LocationId.Of("spare")) : stream.Category == "stock");
        Store.Provider.Gate = stage.StartsWith("paying", StringComparison.Ordinal) ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        var id = await Store.Place(stage == "paying, then no" ? ScriptedProvider.Declined : null, ("tea", 4));
        switch (stage)
        {
            case "before anything is reserved":
                break;
            case "half reserved":
                await Store.Until(async () => (await Store.StockOf("tea")).ReservedTotal == 3);
                break;
            case "paying, never answered":
                // Its stock is noted before its payment is asked for, and only from then on does the time to pay run.
                await Store.Until(async () => (await Store.PaymentOf(id)).Status == PaymentStatus.Requested);
                break;
            case "paying, then yes" or "paying, then no":
                await Store.Until(async () => (await Store.SagaOf(id)).Phase == FulfilmentPhase.Paying);
                break;
            default:
                await Store.Settles(id, FulfilmentPhase.Confirmed);
                await Ship(id, stage);
                break;
        }

        return id;
    }

    async Task Ship(OrderId id, string stage)
    {
        if (stage == "confirmed")
        {
            return;
        }

        await Store.Ask(id, new OrderCommand.Ship(Guid.CreateVersion7(), stage == "partly shipped" ? [new LineQuantity(1, 1)] : []));
        await Store.Until(async () => await Store.SagaOf(id) is { IsSettled: true, Shipments.Length: 1 });
        if (stage == "returned")
        {
            await Store.Ask(id, new OrderCommand.Return(Guid.CreateVersion7(), [], "broken"));
            await Store.Until(async () => await Store.SagaOf(id) is { IsSettled: true, Returns.Length: 1 });
        }
    }

    void GoOn(string stage)
    {
        _isHeldUp = false;
        if (stage == "paying, never answered")
        {
            Store.Time.Pass(TimeSpan.FromMinutes(16));
        }
        else
        {
            Store.Provider.Gate?.SetResult();
        }
    }
}
