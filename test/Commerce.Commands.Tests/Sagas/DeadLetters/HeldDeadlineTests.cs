using Commerce.Commands.Sagas.DeadLetters;
using Commerce.Domain;
using Commerce.Domain.DeadLetters;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Tests.Sagas.DeadLetters;

/// <summary>
/// A deadline does not wait behind a dead letter, and may not: stock and money are not held for ever because a message cannot be
/// handled. What comes of it the order and its payment decide, which know what the saga has not heard yet. What a saga did before
/// it could not be appended to stays done here, as ever.
/// </summary>
[TestFixture]
public sealed class HeldDeadlineTests() : HeldOrders(isOnBroker: false)
{
    [Test]
    public async Task An_order_of_which_a_part_was_sent_unheard_is_not_called_off_when_its_reservation_runs_out()
    {
        var order = await Confirmed();
        var letter = await GivenUp(order, () => Store.Ask(order, new OrderCommand.Ship(Guid.CreateVersion7(), [new LineQuantity(1, 1)])));

        Store.Time.Pass(TimeSpan.FromDays(31));
        await Store.Until(async () => await Store.SagaOf(order) is { IsKept: true, Shipments.IsEmpty: true });
        Assert.That(((await Store.OrderOf(order)).Status, (await Store.StockOf("mug")).ReservedTotal), Is.EqualTo((OrderStatus.PartiallyShipped, 1)), "The rest stays held.");

        await Replay(letter);
        await Becomes(letter, DeadLetterStatus.Handled);
        await Store.Until(async () => await Store.SagaOf(order) is { IsSettled: true, Shipments.Length: 1 });
        Assert.That(((await Store.PaymentOf(order)).Captured.Amount, (await Store.StockOf("mug")).ReservedTotal), Is.EqualTo((10m, 1)));
    }

    [Test]
    public async Task An_order_that_was_called_off_unheard_is_undone_by_its_deadline_and_the_letter_does_nothing_more()
    {
        var order = await Confirmed();
        var letter = await GivenUp(order, () => Store.Ask(order, new OrderCommand.Cancel("changed my mind")));

        Store.Time.Pass(TimeSpan.FromDays(31));
        await Store.Until(async () => (await Store.SagaOf(order)).OrderStatus == OrderStatus.Cancelled && (await Store.PaymentOf(order)).Status == PaymentStatus.Voided);
        Assert.That(((await Store.StockOf("mug")).Available, LetterOf(order)?.Status), Is.EqualTo((100, DeadLetterStatus.Open)));
        var payment = await Store.Story(Payment.StreamOf(PaymentId.For(order)));

        await Replay(letter);
        await Becomes(letter, DeadLetterStatus.Handled);
        await Store.Settles(order, FulfilmentPhase.Undone);
        Assert.That(await Store.Story(Payment.StreamOf(PaymentId.For(order))), Is.EqualTo(payment));
        Assert.That(((await Store.StockOf("mug")).Available, (await Store.OrderOf(order)).Status), Is.EqualTo((100, OrderStatus.Cancelled)));
    }

    [Test]
    public async Task A_payment_that_was_authorised_unheard_does_not_expire()
    {
        Store.Provider.Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var order = await Store.Place(null, ("mug", 2));
        await Store.Until(async () => (await Store.SagaOf(order)).Payment == PaymentStatus.Requested);
        var letter = await GivenUp(order, () =>
        {
            Store.Provider.Gate.SetResult();
            return Task.CompletedTask;
        });

        // Another one, of which nothing is held, expires: so the deadlines of both were looked at.
        Store.Provider.Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var other = await Store.Place(null, ("mug", 1));
        await Store.Until(async () => (await Store.SagaOf(other)).Payment == PaymentStatus.Requested);
        Store.Time.Pass(TimeSpan.FromMinutes(16));
        await Store.Settles(other, FulfilmentPhase.Undone);
        Assert.That(((await Store.PaymentOf(order)).Status, (await Store.OrderOf(order)).Status), Is.EqualTo((PaymentStatus.Authorised, OrderStatus.Confirmed)));

        await Replay(letter);
        await Becomes(letter, DeadLetterStatus.Handled);
        await Store.Settles(order, FulfilmentPhase.Confirmed);
    }

    async Task<OrderId> Confirmed()
    {
        var order = await Store.Place(null, ("mug", 2));
        await Store.Settles(order, FulfilmentPhase.Confirmed);
        return order;
    }

    // What happens is not heard by the saga: its message is a dead letter by the time the saga can be appended to again.
    async Task<KeptLetter> GivenUp(OrderId order, Func<Task> happens)
    {
        Break(order);
        await happens();
        await Shop.Tried(() => LetterOf(order) is { Status: DeadLetterStatus.Open });
        Mend();
        return LetterOf(order) ?? throw new AssertionException("It is gone.");
    }
}
