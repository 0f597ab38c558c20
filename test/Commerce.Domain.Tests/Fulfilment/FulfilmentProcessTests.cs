using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Domain.Tests.Fulfilment;

public sealed class FulfilmentProcessTests
{
    static readonly DateTimeOffset At = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    static readonly OrderId Id = new(new Guid("01920000-0000-7000-8000-000000000001"));
    static readonly Currency Gbp = Currency.Of("GBP");
    static readonly Sku Mug = Sku.Of("mug");
    static readonly Sku Tea = Sku.Of("tea");
    static readonly LocationId Main = LocationId.Of("main");
    static readonly Guid Parcel = new("00000000-0000-0000-0000-000000000077");

    readonly FulfilmentProcess _process = new(FulfilmentPolicy.Default);
    FulfilmentState _state = FulfilmentState.None;
    Reaction _last = new(FulfilmentState.None, [], []);

    [SetUp]
    public void Nothing_is_heard() => (_state, _last) = (FulfilmentState.None, new(FulfilmentState.None, [], []));

    [Test]
    public void Lines_of_one_sku_are_reserved_together()
    {
        When(Placed(10, Line(1, Mug, 2), Line(2, Tea, 1), Line(3, Mug, 3)));
        var reserve = Only<FulfilmentCommand.ReserveStock>();
        Assert.That(reserve.Allocations, Is.EqualTo(new[] { new Allocation(Mug, Main, 5), new Allocation(Tea, Main, 1) }));
        Assert.That(reserve.Until, Is.EqualTo(At + TimeSpan.FromDays(30)));
    }

    [Test]
    public void Once_everything_is_held_the_payment_is_asked_for()
    {
        When(Placed(10, Line(1, Mug, 2)));
        WhenDone();
        Assert.That(Only<FulfilmentCommand.RequestPayment>().Amount, Is.EqualTo(new Money(10, Gbp)));
    }

    [Test]
    public void An_order_that_costs_nothing_is_confirmed_without_a_payment()
    {
        When(Placed(0, Line(1, Mug, 2)));
        WhenDone();
        Only<FulfilmentCommand.ConfirmOrder>();
    }

    [Test]
    public void An_authorised_order_is_confirmed_and_then_waits_for_its_shipment()
    {
        GivenConfirmed();
        Assert.That((_state.Phase, _state.IsSettled, _last.Commands), Is.EqualTo((FulfilmentPhase.Confirmed, true, _last.Commands.Clear())));
    }

    [Test]
    public void What_is_out_of_stock_rejects_the_order_and_releases_the_rest()
    {
        When(Placed(10, Line(1, Mug, 2), Line(2, Tea, 4)));
        var reserve = Only<FulfilmentCommand.ReserveStock>();
        When(
            new FulfilmentInput.Done(reserve with { Allocations = [reserve.Allocations[0]] }),
            new FulfilmentInput.Refused(reserve with { Allocations = [reserve.Allocations[1]] }, StockRejections.OutOfStock(3)));
        Assert.That(_last.Commands[0], Is.EqualTo(new FulfilmentCommand.RejectOrder(RejectReason.OutOfStock, "tea: 3 of 4 available.")));
        Assert.That(_last.Commands[1], Is.InstanceOf<FulfilmentCommand.ReleaseStock>().With.Property("Reason").EqualTo(ReleaseReason.OrderRejected));
        WhenDone();
        Assert.That((_state.Phase, _state.Payment), Is.EqualTo((FulfilmentPhase.Undone, PaymentStatus.None)));
    }

    [Test]
    public void The_next_location_is_asked_for_what_the_first_has_not()
    {
        var spare = LocationId.Of("spare");
        var process = new FulfilmentProcess(new FulfilmentPolicy([Main, spare], TimeSpan.FromDays(1)));
        var first = process.React(FulfilmentState.None, Placed(10, Line(1, Mug, 2)));
        var second = process.React(first.State, new FulfilmentInput.Refused(first.Commands[0], StockRejections.OutOfStock(1)));
        Assert.That(((FulfilmentCommand.ReserveStock)second.Commands.Single()).Allocations, Is.EqualTo(new[] { new Allocation(Mug, spare, 2) }));
    }

    [Test]
    public void A_declined_payment_rejects_the_order_and_releases_its_stock()
    {
        GivenRequested();
        When(new FulfilmentInput.PaymentDeclined("insufficient-funds"));
        Assert.That(_last.Commands.Select(c => c.GetType().Name), Is.EqualTo(new[] { "RejectOrder", "ReleaseStock" }));
        WhenDone();
        Assert.That(_state.Phase, Is.EqualTo(FulfilmentPhase.Undone));
    }

    [Test]
    public void A_cancel_while_the_provider_thinks_releases_at_once_and_voids_after_its_answer()
    {
        GivenRequested();
        When(new FulfilmentInput.OrderCancelled());
        Assert.That(Only<FulfilmentCommand.ReleaseStock>().Reason, Is.EqualTo(ReleaseReason.OrderCancelled));
        WhenDone();
        Assert.That((_state.Phase, _state.IsSettled), Is.EqualTo((FulfilmentPhase.Undoing, false)));
        When(new FulfilmentInput.PaymentAuthorised());
        Assert.That(Only<FulfilmentCommand.RequestVoid>().Reason, Is.EqualTo(VoidReason.OrderCancelled));
        WhenDone();
        When(new FulfilmentInput.PaymentVoided());
        Assert.That(_state.Phase, Is.EqualTo(FulfilmentPhase.Undone));
    }

    [Test]
    public void A_confirmation_that_comes_too_late_is_undone()
    {
        GivenRequested();
        When(new FulfilmentInput.PaymentAuthorised());
        When(new FulfilmentInput.Refused(Only<FulfilmentCommand.ConfirmOrder>(), OrderRejections.WrongStatus(OrderStatus.Cancelled)));
        Assert.That(_last.Commands.Select(c => c.GetType().Name), Is.EqualTo(new[] { "RequestVoid", "ReleaseStock" }));
    }

    [Test]
    public void The_order_is_completed_when_the_last_part_is_shipped_and_paid()
    {
        GivenConfirmed();
        When(Shipped(Parcel, 4, 1));
        Assert.That(_last.Commands, Has.Some.EqualTo(new FulfilmentCommand.RequestCapture(Parcel, new Money(4, Gbp))));
        WhenDone();
        When(new FulfilmentInput.PaymentCaptured(Parcel));
        Assert.That((_last.Commands.IsEmpty, _state.IsSettled), Is.EqualTo((true, true)));
        When(Shipped(Id.Value, 6, 1));
        WhenDone();
        When(new FulfilmentInput.PaymentCaptured(Id.Value));
        Only<FulfilmentCommand.CompleteOrder>();
        WhenDone();
        Assert.That(_state.Phase, Is.EqualTo(FulfilmentPhase.Completed));
    }

    [Test]
    public void Money_goes_back_only_after_it_was_taken()
    {
        GivenConfirmed();
        When(Shipped(Parcel, 10, 2));
        WhenDone();
        When(new FulfilmentInput.OrderReturned(new OrderEvent.Returned(Id.Value, [new LineQuantity(1, 1)], new Money(5, Gbp), "broken")));
        Only<FulfilmentCommand.ReturnStock>();
        WhenDone();
        When(new FulfilmentInput.PaymentCaptured(Parcel));
        Assert.That(_last.Commands, Has.Some.EqualTo(new FulfilmentCommand.RequestRefund(Id.Value, new Money(5, Gbp))));
    }

    [Test]
    public void What_comes_back_of_past_trade_goes_to_where_it_came_from()
    {
        _state = FulfilmentState.Evolve(_state, new FulfilmentEvent.Imported(Id, [new(1, Mug, 2)], new Money(10, Gbp), LocationId.Of("hull")));
        Assert.That((_state.Phase, _state.IsSettled), Is.EqualTo((FulfilmentPhase.Completed, true)));
        When(new FulfilmentInput.OrderReturned(new OrderEvent.Returned(Parcel, [new LineQuantity(1, 2)], new Money(10, Gbp), "broken")));
        Assert.That(((FulfilmentCommand.ReturnStock)_last.Commands[0]).Allocations, Is.EqualTo(new[] { new Allocation(Mug, LocationId.Of("hull"), 2) }));
        Assert.That(_last.Commands[1], Is.EqualTo(new FulfilmentCommand.RequestRefund(Parcel, new Money(10, Gbp))));
    }

    [Test]
    public void Orders_of_past_trade_are_left_alone()
    {
        var placed = Placed(10, Line(1, Mug, 2));
        When(placed with { Order = placed.Order with { Origin = OrderOrigin.Import } });
        Assert.That(_last.Events.IsEmpty && _last.Commands.IsEmpty);
    }

    [Test]
    public void A_repeated_order_that_was_undone_releases_what_an_overtaken_attempt_may_have_reserved()
    {
        var placed = Placed(10, Line(1, Mug, 2));
        When(new FulfilmentInput.OrderCancelled());
        When(placed);
        WhenDone();
        Assert.That(_state.Phase, Is.EqualTo(FulfilmentPhase.Undone));
        When(placed);
        Only<FulfilmentCommand.ReleaseStock>();
        WhenDone();
        Assert.That((_last.Events.IsEmpty, _last.Commands.IsEmpty), Is.EqualTo((true, true)));
    }

    void GivenRequested()
    {
        When(Placed(10, Line(1, Mug, 2)));
        WhenDone();
        WhenDone();
    }

    void GivenConfirmed()
    {
        GivenRequested();
        When(new FulfilmentInput.PaymentAuthorised());
        WhenDone();
    }

    void When(params FulfilmentInput[] inputs)
    {
        _last = _process.React(_state, inputs);
        _state = _last.State;
    }

    void WhenDone() => When([.. _last.Commands.Select(c => new FulfilmentInput.Done(c))]);

    T Only<T>()
    {
        Assert.That(_last.Commands, Has.Length.EqualTo(1).And.All.InstanceOf<T>());
        return _last.Commands.OfType<T>().Single();
    }

    static OrderLine Line(int line, Sku sku, int quantity) => new(line, sku, "thing", quantity, new Money(1, Gbp));

    static FulfilmentInput.OrderPlaced Placed(decimal total, params OrderLine[] lines) =>
        new(new OrderEvent.Placed(Id, 1, null, null, null, OrderOrigin.Client, [.. lines], new Money(total, Gbp)), At);

    static FulfilmentInput.OrderShipped Shipped(Guid shipment, decimal amount, int quantity) =>
        new(new OrderEvent.Shipped(shipment, [new LineQuantity(1, quantity)], new Money(amount, Gbp)));
}
