using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using static Commerce.Domain.Tests.Fulfilment.FulfilmentStory;

namespace Commerce.Domain.Tests.Fulfilment;

/// <summary>What happens when time runs out, and when an answer comes after that.</summary>
public sealed class DeadlineTests
{
    static readonly Guid Parcel = new("00000000-0000-0000-0000-000000000071");
    static readonly DateTimeOffset Due = At + FulfilmentPolicy.Default.ReservationTime;

    [Test]
    public void A_payment_is_asked_for_with_the_time_to_pay()
    {
        var story = Story().When(Placed(10, Line(1, "mug", 2))).WhenDone();
        Assert.That(story.Only<FulfilmentCommand.RequestPayment>().TimeToPay, Is.EqualTo(TimeSpan.FromMinutes(15)));
    }

    [Test]
    public void A_payment_that_nobody_answered_is_given_up_and_the_order_undone()
    {
        var story = Requested().When(Passed(At.AddMinutes(15)));
        Assert.That(story.Only<FulfilmentCommand.ExpirePayment>().At, Is.EqualTo(At.AddMinutes(15)));
        Assert.That(story.WhenDone().Commands, Is.EqualTo("RejectOrder ReleaseStock"));
        Assert.That(story.First<FulfilmentCommand.RejectOrder>().Reason, Is.EqualTo(RejectReason.PaymentExpired));
        Assert.That(story.WhenDone().State, Has.Property("Phase").EqualTo(FulfilmentPhase.Undone).And.Property("Payment").EqualTo(PaymentStatus.Expired));
    }

    [Test]
    public void A_payment_that_is_not_due_or_was_answered_meanwhile_changes_nothing()
    {
        foreach (var refusal in new[] { PaymentRejections.NotDue, PaymentRejections.WrongStatus(PaymentStatus.Authorised), PaymentRejections.Unknown })
        {
            var story = Requested().When(Passed(At));
            story.When(new FulfilmentInput.Refused(story.Only<FulfilmentCommand.ExpirePayment>(), refusal));
            Assert.That((story.Last.Events.IsEmpty, story.Commands, story.State.Phase), Is.EqualTo((true, "", FulfilmentPhase.Paying)));
        }

        Assert.That(Confirmed().When(Passed(At.AddDays(1))).Commands, Is.Empty);
    }

    [Test]
    public void A_cancelled_order_waits_for_the_provider_no_longer_than_the_time_to_pay()
    {
        var story = Requested().When(new FulfilmentInput.OrderCancelled()).WhenDone();
        Assert.That(story.State.Phase, Is.EqualTo(FulfilmentPhase.Undoing));
        story.When(Passed(At.AddHours(1))).WhenDone();
        Assert.That(story.State.Phase, Is.EqualTo(FulfilmentPhase.Undone));
    }

    [Test]
    public void A_yes_that_comes_too_late_opens_the_undone_order_until_it_is_let_go()
    {
        var story = Requested().When(Passed(At.AddHours(1))).WhenDone().WhenDone();
        story.When(new FulfilmentInput.PaymentAuthorisedLate());
        Assert.That((story.State.Phase, story.Commands), Is.EqualTo((FulfilmentPhase.Undoing, "")), "The payment lets it go by itself.");
        story.When(new FulfilmentInput.PaymentVoided());
        Assert.That((story.State.Phase, story.State.Payment), Is.EqualTo((FulfilmentPhase.Undone, PaymentStatus.Voided)));
    }

    [Test]
    public void Word_of_a_late_yes_may_come_before_word_of_the_expiry()
    {
        FulfilmentInput[] facts = [new FulfilmentInput.PaymentExpired(), new FulfilmentInput.PaymentAuthorisedLate(), new FulfilmentInput.PaymentVoided()];
        int[][] orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        foreach (var order in orders)
        {
            var story = Requested();
            foreach (var n in order)
            {
                story.When(facts[n]).WhenDone();
            }

            Assert.That((story.State.Phase, story.State.OrderStatus, story.State.Payment), Is.EqualTo((FulfilmentPhase.Undone, OrderStatus.Rejected, PaymentStatus.Voided)), string.Join(",", order));
        }
    }

    [Test]
    public void A_reservation_that_runs_out_before_anything_is_shipped_ends_the_order()
    {
        var story = Confirmed().When(Passed(Due));
        Assert.That(story.Only<FulfilmentCommand.CancelOrder>().Cause, Is.EqualTo(CancelCause.ReservationExpired));
        Assert.That(story.WhenDone().Commands, Is.EqualTo("RequestVoid ReleaseStock"));
        Assert.That(story.First<FulfilmentCommand.RequestVoid>().Reason, Is.EqualTo(VoidReason.ReservationExpired));
        Assert.That(story.First<FulfilmentCommand.ReleaseStock>().Reason, Is.EqualTo(ReleaseReason.Expired));
        Assert.That(story.WhenDone().When(new FulfilmentInput.PaymentVoided()).State.Phase, Is.EqualTo(FulfilmentPhase.Undone));
    }

    [Test]
    public void A_reservation_is_not_over_before_its_time() => Assert.That(Confirmed().When(Passed(Due.AddTicks(-1))).Commands, Is.Empty);

    [Test]
    public void What_the_house_called_off_has_the_same_reasons_however_word_of_it_comes()
    {
        var story = Confirmed().When(new FulfilmentInput.OrderCancelled(CancelCause.ReservationExpired));
        Assert.That(story.First<FulfilmentCommand.ReleaseStock>().Reason, Is.EqualTo(ReleaseReason.Expired));
        Assert.That(story.State.HasRunOut);
    }

    [Test]
    public void Who_has_got_a_part_keeps_the_rest_beyond_its_time()
    {
        var story = Confirmed().When(Shipped(Parcel, 5, (1, 1))).WhenDone().When(Passed(Due));
        Assert.That((story.Commands, story.State.IsKept, story.State.Phase), Is.EqualTo(("", true, FulfilmentPhase.Confirmed)));
        Assert.That(story.When(Passed(Due.AddDays(1))).Last.Events, Is.Empty);
    }

    [Test]
    public void A_shipment_that_leaves_while_the_house_calls_the_order_off_wins()
    {
        var story = Confirmed().When(Passed(Due));
        story.When(new FulfilmentInput.Refused(story.Only<FulfilmentCommand.CancelOrder>(), OrderRejections.WrongStatus(OrderStatus.PartiallyShipped)));
        Assert.That((story.Commands, story.State.IsKept), Is.EqualTo(("", true)));
        Assert.That(story.When(Shipped(Parcel, 5, (1, 1))).Commands, Is.EqualTo("ShipStock RequestCapture"));
    }

    [Test]
    public void Nothing_is_due_of_an_order_that_is_unknown_undone_or_completed()
    {
        Assert.That(Story().When(Passed(Due)).Last.Events, Is.Empty);
        Assert.That(Requested().When(new FulfilmentInput.PaymentDeclined("no")).WhenDone().When(Passed(Due)).Last, Has.Property("Events").Empty.And.Property("Commands").Empty);
        var completed = Confirmed().When(Shipped(Parcel, 10, (1, 2))).WhenDone().When(new FulfilmentInput.PaymentCaptured(Parcel)).WhenDone();
        Assert.That(completed.When(Passed(Due)).Last, Has.Property("Events").Empty.And.Property("Commands").Empty);
    }

    static FulfilmentInput Passed(DateTimeOffset at) => new FulfilmentInput.DeadlinePassed(at);

    static FulfilmentStory Story() => new(FulfilmentPolicy.Default);

    static FulfilmentStory Requested() => Story().When(Placed(10, Line(1, "mug", 2))).WhenDone().WhenDone();

    static FulfilmentStory Confirmed() => Requested().When(new FulfilmentInput.PaymentAuthorised()).WhenDone();
}
