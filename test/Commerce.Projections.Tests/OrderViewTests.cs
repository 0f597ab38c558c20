using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests;

public sealed class OrderViewTests
{
    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp() => _world = await ReadModelWorld.Create();

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task An_order_shows_its_lines_its_payment_and_its_stock()
    {
        await OneOrderWithEverything(_world);
        await _world.Project();

        var order = await TheOrder(1);
        Assert.Multiple(() =>
        {
            Assert.That(order.Status, Is.EqualTo(OrderStatus.Completed));
            Assert.That(order.Number, Is.EqualTo(1_001));
            Assert.That(order.Total, Is.EqualTo(Pounds(13.38m)));
            Assert.That(order.Lines.Select(l => (l.Sku, l.Quantity, l.Shipped, l.Returned, l.Amount)), Is.EqualTo(
                new[] { ("CUP", 3, 3, 1, Pounds(6.38m)), ("PLATE", 1, 1, 0, Pounds(7m)) }));
            Assert.That(order.Payment, Is.EqualTo(new OrderPaymentView(
                Domain.PaymentId.For(OrderNumber(1)).Value, PaymentStatus.Authorised, Pounds(13.38m), Pounds(13.38m), Pounds(2.13m))));
            Assert.That(order.Stock["CUP@main"], Is.EqualTo(new OrderStockView("CUP", "main", 0, 3, 1)));
            Assert.That(order.ReturnedAmount, Is.EqualTo(Pounds(2.13m)));
            Assert.That(order.Revision, Is.EqualTo(4));
            Assert.That(order.PlacedAt, Is.EqualTo(new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero)));
        });
    }

    [Test]
    public async Task Stock_held_before_the_order_is_placed_is_not_lost_and_shows_no_order()
    {
        await _world.Append(StockStream("CUP"), new StockEvent.Received(10, "delivery"), Reserved(1, 2));
        await _world.Project();
        Assert.That(await new Projections.Queries.OrderQueries(_world.Store).Get(OrderNumber(1), CancellationToken.None), Is.Null);

        await _world.Append(OrderStream(1), Placed(1, null, null, Line(1, "CUP", 2, 1m)));
        await _world.Project();

        var order = await TheOrder(1);
        Assert.That(order.Status, Is.EqualTo(OrderStatus.Placed));
        Assert.That(order.Stock["CUP@main"].Reserved, Is.EqualTo(2));
    }

    [Test]
    public async Task A_rejected_order_says_why_and_holds_nothing()
    {
        await _world.Append(StockStream("CUP"), new StockEvent.Received(10, "delivery"), Reserved(1, 2));
        await _world.Append(OrderStream(1), Placed(1, null, null, Line(1, "CUP", 2, 1m)));
        await _world.Append(PaymentStream(1), new PaymentEvent.Requested(OrderNumber(1), Pounds(2m), null, null), new PaymentEvent.Declined("no-funds"));
        await _world.Append(StockStream("CUP"), new StockEvent.Released(OrderNumber(1), 2, ReleaseReason.OrderRejected));
        await _world.Append(OrderStream(1), new OrderEvent.Rejected(RejectReason.PaymentDeclined, "no-funds"));
        await _world.Project();

        var order = await TheOrder(1);
        Assert.That((order.Status, order.RejectReason, order.Reason), Is.EqualTo((OrderStatus.Rejected, RejectReason.PaymentDeclined, "no-funds")));
        Assert.That(order.Stock["CUP@main"].Reserved, Is.Zero);
        Assert.That(order.Payment?.Status, Is.EqualTo(PaymentStatus.Declined));
    }

    [Test]
    public async Task A_rejected_order_has_settled_once_the_saga_has_undone_it()
    {
        await _world.Append(OrderStream(1), Placed(1, null, null, Line(1, "CUP", 2, 1m)), new OrderEvent.Rejected(RejectReason.OutOfStock, "CUP"));
        await _world.Project();
        Assert.That((await TheOrder(1)).IsSettled, Is.False);

        await _world.Append(FulfilmentStream(1), new FulfilmentEvent.Undone());
        await _world.Project();
        Assert.That((await TheOrder(1)).IsSettled, Is.True);
    }

    [Test]
    public async Task A_completed_order_has_settled_once_its_money_follows_its_goods()
    {
        await OneOrderWithEverything(_world);
        await _world.Project();
        Assert.That((await TheOrder(1)).IsSettled, Is.True);

        await _world.Append(OrderStream(1), new OrderEvent.Returned(Guid.NewGuid(), [new LineQuantity(2, 1)], Pounds(7m), "broken"));
        await _world.Project();
        Assert.That((await TheOrder(1)).IsSettled, Is.False);
    }

    [Test]
    public async Task A_cancelled_order_is_compensating_from_that_moment_until_nothing_is_left_of_it()
    {
        await Confirmed(3);
        await _world.Project();
        Assert.That((await TheOrder(1)).CompensatingSince, Is.Null);

        await _world.Append(OrderStream(1), At(1), new OrderEvent.Cancelled("changed my mind", CancelCause.Customer));
        object[][] undoing =
        [
            [PaymentStream(1), new PaymentEvent.VoidRequested(VoidReason.OrderCancelled)],
            [StockStream("CUP"), new StockEvent.Released(OrderNumber(1), 3, ReleaseReason.OrderCancelled)],
            [PaymentStream(1), new PaymentEvent.Voided("ref-2")],
        ];
        foreach (var step in undoing)
        {
            await _world.Project();
            Assert.That(((await TheOrder(1)).CompensatingSince, (await TheOrder(1)).IsSettled), Is.EqualTo(((DateTimeOffset?)At(1), false)), $"before {step[1]}");
            await _world.Append((StreamName)step[0], At(2), step[1]);
        }

        await _world.Append(FulfilmentStream(1), new FulfilmentEvent.Undone());
        await _world.Project();
        Assert.That(((await TheOrder(1)).CompensatingSince, (await TheOrder(1)).IsSettled), Is.EqualTo(((DateTimeOffset?)null, true)));
    }

    [Test]
    public async Task A_return_is_compensating_until_its_units_are_back_and_its_money_is_given_back()
    {
        await OneOrderWithEverything(_world);
        await _world.Append(OrderStream(1), At(1), new OrderEvent.Returned(Guid.NewGuid(), [new LineQuantity(2, 1)], Pounds(7m), "broken"));
        await _world.Project();
        Assert.That((await TheOrder(1)).CompensatingSince, Is.EqualTo(At(1)));

        await _world.Append(PaymentStream(1), At(2), new PaymentEvent.RefundRequested(Other, Pounds(7m)), new PaymentEvent.Refunded(Other, Pounds(7m), "ref-4"));
        await _world.Project();
        Assert.That((await TheOrder(1)).CompensatingSince, Is.EqualTo(At(1)), "The plate is not back.");

        await _world.Append(StockStream("PLATE"), At(3), new StockEvent.Returned(OrderNumber(1), 1, null));
        await _world.Project();
        Assert.That((await TheOrder(1)).CompensatingSince, Is.Null);
    }

    [Test]
    public async Task A_declined_payment_begins_the_undoing_before_the_order_says_so()
    {
        await _world.Append(OrderStream(1), Placed(1, null, null, Line(1, "CUP", 2, 1m)));
        await _world.Append(PaymentStream(1), At(1), new PaymentEvent.Requested(OrderNumber(1), Pounds(2m), null, null));
        await _world.Append(PaymentStream(1), At(2), new PaymentEvent.Declined("no-funds"));
        await _world.Append(OrderStream(1), At(3), new OrderEvent.Rejected(RejectReason.PaymentDeclined, "no-funds"));
        await _world.Project();
        Assert.That((await TheOrder(1)).CompensatingSince, Is.EqualTo(At(2)));

        await _world.Append(FulfilmentStream(1), new FulfilmentEvent.Undone());
        await _world.Append(PaymentStream(1), At(4), new PaymentEvent.AuthorisedLate("ref"), new PaymentEvent.VoidRequested(VoidReason.TooLate));
        await _world.Project();
        Assert.That((await TheOrder(1)).CompensatingSince, Is.EqualTo(At(4)), "Money came that nobody waits for.");
    }

    [Test]
    public async Task An_order_whose_rest_is_called_off_shows_what_is_never_sent_and_is_compensating_until_that_is_free()
    {
        await Confirmed(3);
        await _world.Append(OrderStream(1), Shipped(1m, new LineQuantity(1, 1)));
        await _world.Append(StockStream("CUP"), new StockEvent.Shipped(OrderNumber(1), 1, null));
        await _world.Append(OrderStream(1), At(1), new OrderEvent.RestCancelled([new(1, 2)], "none left", CancelCause.Customer));
        await _world.Project();
        var order = await TheOrder(1);
        Assert.That((order.Status, order.Lines[0].Cancelled, order.RestCancelledAt, order.CompensatingSince, order.Reason), Is.EqualTo((OrderStatus.Shipped, 2, (DateTimeOffset?)At(1), (DateTimeOffset?)At(1), "none left")));

        await _world.Append(StockStream("CUP"), new StockEvent.Released(OrderNumber(1), 2, ReleaseReason.OrderCancelled));
        await _world.Append(OrderStream(1), new OrderEvent.Completed(), Returned(1m, new LineQuantity(1, 1)));
        await _world.Append(StockStream("CUP"), new StockEvent.Returned(OrderNumber(1), 1, null));
        await _world.Project();
        Assert.That(((await TheOrder(1)).Status, (await TheOrder(1)).CompensatingSince is null), Is.EqualTo((OrderStatus.Returned, false)), "Its money is not given back.");
    }

    [TestCase(1)]
    [TestCase(3)]
    public async Task Batches_of_any_size_give_the_same_documents_and_rows(int batchEvents)
    {
        await OneOrderWithEverything(_world);
        await _world.Append(OrderStream(2), At(1), Placed(2, null, null, Line(1, "CUP", 3, 1m), Line(2, "PLATE", 1, 1m), Line(3, "CUP", 2, 1m)), new OrderEvent.Confirmed());
        await _world.Append(OrderStream(2), At(2), Shipped(3m, new(1, 1), new(3, 2)), new OrderEvent.RestCancelled([new(1, 2), new(2, 1)], "none left", CancelCause.Customer));
        await _world.Append(PaymentStream(3), At(3), new PaymentEvent.Requested(OrderNumber(3), Pounds(2m), null, null));
        await _world.Append(OrderStream(3), At(3), Placed(3, null, null, Line(1, "CUP", 2, 1m)));
        await _world.Append(PaymentStream(3), At(4), new PaymentEvent.Declined("no-funds"));
        await _world.Append(OrderStream(3), At(5), new OrderEvent.Rejected(RejectReason.PaymentDeclined, "no-funds"));
        await _world.Project();
        var atOnce = await _world.Everything();

        await _world.Execute("DROP SCHEMA commerce, analytics CASCADE; DROP TABLE mt_doc_orderview, mt_doc_paymentview, mt_doc_productview, mt_doc_stockview");
        await _world.Project(batchEvents);

        Assert.That(await _world.Everything(), Is.EqualTo(atOnce));
    }

    static readonly Guid Other = new("00000000-0000-0000-0000-000000000002");

    static DateTimeOffset At(int hours) => new DateTimeOffset(2026, 3, 5, 0, 0, 0, TimeSpan.Zero).AddHours(hours);

    // So many cups at a pound each.
    async Task Confirmed(int cups)
    {
        await _world.Append(StockStream("CUP"), new StockEvent.Received(10, "delivery"));
        await _world.Append(OrderStream(1), Placed(1, null, null, Line(1, "CUP", cups, 1m)));
        await _world.Append(StockStream("CUP"), Reserved(1, cups));
        await _world.Append(PaymentStream(1), new PaymentEvent.Requested(OrderNumber(1), Pounds(cups), null, null), new PaymentEvent.Authorised("ref-1"));
        await _world.Append(OrderStream(1), new OrderEvent.Confirmed());
    }

    async Task<OrderView> TheOrder(int n) =>
        (await _world.Store.Load<OrderView, Guid>([OrderNumber(n).Value], CancellationToken.None)).Single();
}
