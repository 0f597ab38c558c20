using Commerce.Commands.Sagas.Deadlines;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Tests.Sagas.Deadlines;

/// <summary>What the log says about deadlines.</summary>
public sealed class DeadlineChangeTests
{
    static readonly DateTimeOffset Due = new(2026, 2, 4, 9, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset At = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    static readonly TimeSpan TimeToPay = TimeSpan.FromMinutes(15);
    static readonly OrderId Id = new(new Guid("01920000-0000-7000-8000-000000000001"));
    static readonly Money Ten = new(10, Currency.Of("GBP"));
    static readonly StreamName Fulfilment = FulfilmentState.StreamOf(Id);
    static readonly StreamName Paying = Payment.StreamOf(PaymentId.For(Id));
    static readonly Guid Event = new("00000000-0000-0000-0000-000000000001");

    [Test]
    public void A_started_fulfilment_says_how_long_its_stock_is_held() =>
        Assert.That(Of(Fulfilment, new FulfilmentEvent.Started(Id, [], Ten, null, [LocationId.Of("main")], Due)), Is.EqualTo(new[] { new DeadlineChange.Set(new(Fulfilment, Id, Due, Event, "corr-1", null)) }));

    [Test]
    public void A_requested_payment_says_how_long_its_answer_is_waited_for()
    {
        Assert.That(Of(Paying, new PaymentEvent.Requested(Id, Ten, null, Due)), Is.EqualTo(new[] { new DeadlineChange.Set(new(Paying, Id, Due, Event, "corr-1", null)) }));
    }

    [Test]
    public void A_payment_that_was_requested_before_payments_had_a_time_has_the_time_of_today_from_its_request_on()
    {
        DeadlineChange[] due = [new DeadlineChange.Set(new(Paying, Id, At + TimeToPay, Event, "corr-1", null))];
        Assert.That(Of(Paying, new PaymentEvent.RequestedV1(Id, Ten, null)), Is.EqualTo(due));
        Assert.That(Of(Paying, new PaymentEvent.Requested(Id, Ten, null, null)), Is.EqualTo(due));
    }

    [Test]
    public void An_answer_ends_the_waiting()
    {
        foreach (var answer in new PaymentEvent[] { new PaymentEvent.Authorised("a"), new PaymentEvent.Declined("no"), new PaymentEvent.Expired(), new PaymentEvent.AuthorisedLate("a") })
        {
            Assert.That(Of(Paying, answer), Is.EqualTo(new[] { new DeadlineChange.Ended(Paying) }), $"{answer}");
        }

        Assert.That(Of(Paying, new PaymentEvent.Voided("v")), Is.Empty);
    }

    [Test]
    public void An_order_that_ended_or_is_on_its_way_beyond_its_time_is_not_woken()
    {
        FulfilmentEvent[] ends =
        [
            new FulfilmentEvent.OrderCancelled(), new FulfilmentEvent.OrderRejected(RejectReason.OutOfStock), new FulfilmentEvent.ReservationKept(), new FulfilmentEvent.RestCancelled([new(1, 1)]),
            new FulfilmentEvent.Completed(), new FulfilmentEvent.Undone(),
        ];
        foreach (var end in ends)
        {
            Assert.That(Of(Fulfilment, end), Is.EqualTo(new[] { new DeadlineChange.Ended(Fulfilment) }), $"{end}");
        }

        Assert.That(Of(Fulfilment, new FulfilmentEvent.OrderConfirmed()), Is.Empty);
        Assert.That(Of(Fulfilment, new FulfilmentEvent.ReservationRanOut()), Is.Empty, "It is to be called off, and is not yet.");
        Assert.That(Of(Fulfilment, new FulfilmentEvent.Imported(Id, [], Ten, LocationId.Of("main"))), Is.Empty);
    }

    [Test]
    public void Reserved_units_are_looked_after_until_the_saga_says_that_it_has_them_or_they_are_gone()
    {
        var (mug, tea) = (new Allocation(Sku.Of("mug"), LocationId.Of("main"), 2), new Allocation(Sku.Of("tea-2"), LocationId.Of("north-1"), 1));
        var (mugs, teas) = (Stock.StreamOf(mug.Sku, mug.Location), Stock.StreamOf(tea.Sku, tea.Location));
        var (heldMugs, heldTeas) = (StreamName.For("reserved", $"{Id}-mug@main"), StreamName.For("reserved", $"{Id}-tea-2@north-1"));
        var minute = At + TimeSpan.FromMinutes(1);

        Assert.That(Of(mugs, new StockEvent.Reserved(Id, 2, Due)), Is.EqualTo(new[] { new DeadlineChange.Set(new(heldMugs, Id, minute, Event, "corr-1", null)) }));
        Assert.That(Of(teas, new StockEvent.ReservedInSale(new FlashSaleId(Guid.Empty), Id, 1, Due)), Is.EqualTo(new[] { new DeadlineChange.Set(new(heldTeas, Id, minute, Event, "corr-1", null)) }));
        Assert.That(Of(Fulfilment, new FulfilmentEvent.StockReserved([mug, tea])), Is.EqualTo(new[] { new DeadlineChange.Ended(heldMugs), new DeadlineChange.Ended(heldTeas) }));
        Assert.That(Of(mugs, new StockEvent.Released(Id, 2, ReleaseReason.OrderCancelled)), Is.EqualTo(new[] { new DeadlineChange.Ended(heldMugs) }));
        Assert.That(Of(mugs, new StockEvent.Shipped(Id, 2, Guid.Empty)), Is.EqualTo(new[] { new DeadlineChange.Ended(heldMugs) }));
        Assert.That(Of(mugs, new StockEvent.Received(2, "delivery")), Is.Empty);
    }

    [Test]
    public void The_pauses_between_wakings_grow_to_the_longest()
    {
        var options = new Commerce.Commands.Sagas.SagaOptions();
        int[] seconds = [10, 20, 40, 3_600, 3_600];
        Assert.That(new[] { 0, 1, 2, 9, int.MaxValue }.Select(options.WakingPause), Is.EqualTo(seconds.Select(s => TimeSpan.FromSeconds(s))));
    }

    static IReadOnlyList<DeadlineChange> Of(StreamName stream, object @event) => DeadlineChange.Of(
        new RecordedEvent(
            stream, 0, new LogPosition(1), Event, EventCatalog.NameOf(@event), EventCatalog.ToJson(@event), new EventMetadata { OccurredAt = At, CorrelationId = "corr-1" }.ToJson(), default),
        TimeToPay);
}
