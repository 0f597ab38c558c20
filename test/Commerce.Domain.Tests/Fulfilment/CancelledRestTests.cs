using Commerce.Domain.Fulfilment;
using static Commerce.Domain.Tests.Fulfilment.FulfilmentStory;

namespace Commerce.Domain.Tests.Fulfilment;

/// <summary>What was not sent of an order is called off: its stock is free again, and the order ends with what was sent.</summary>
public sealed class CancelledRestTests
{
    static readonly Guid First = new("00000000-0000-0000-0000-000000000071");
    static readonly Guid Second = new("00000000-0000-0000-0000-000000000072");
    static readonly FulfilmentPolicy Two = new([LocationId.Of("main"), LocationId.Of("spare")], TimeSpan.FromDays(1));

    [Test]
    public void The_rest_is_free_again_and_the_order_completes_with_what_was_sent()
    {
        var story = Confirmed().When(Shipped(First, 2, (1, 2))).WhenDone().When(RestCancelled((1, 3)));
        Assert.That(Text(story.Only<FulfilmentCommand.ReleaseRest>().Allocations), Is.EqualTo("mug@main×3"));
        Assert.That(story.WhenDone().Commands, Is.Empty, "The money for what was sent is not there yet.");
        story.When(new FulfilmentInput.PaymentCaptured(First));
        story.Only<FulfilmentCommand.CompleteOrder>();
        Assert.That((story.WhenDone().State.Phase, story.State.IsSettled), Is.EqualTo((FulfilmentPhase.Completed, true)));
    }

    [Test]
    public void Nothing_is_freed_before_every_shipment_has_taken_its_own()
    {
        var story = Confirmed().When(Shipped(First, 2, (1, 2))).When(RestCancelled((1, 3)));
        Assert.That(story.Commands, Is.EqualTo("ShipStock RequestCapture"));
        Assert.That(story.WhenDone().Commands, Is.EqualTo("ReleaseRest"));
    }

    [Test]
    public void Word_of_the_rest_may_overtake_word_of_the_shipments()
    {
        var story = Confirmed().When(RestCancelled((1, 1)));
        Assert.That(story.Commands, Is.Empty);
        story.When(Shipped(Second, 1, (1, 1))).WhenDone();
        Assert.That(story.Commands, Is.Empty, "Another shipment has to be on its way.");
        Assert.That(Text(story.When(Shipped(First, 3, (1, 3))).WhenDone().Only<FulfilmentCommand.ReleaseRest>().Allocations), Is.EqualTo("mug@main×1"));
    }

    [Test]
    public void Word_of_the_rest_may_overtake_word_of_the_placing()
    {
        var story = new FulfilmentStory(Two).When(RestCancelled((2, 1))).When(Shipped(First, 5, (1, 5)));
        Assert.That(story.Commands, Is.Empty);
        story.When(Placed(6, Line(1, "mug", 5), Line(2, "tea", 1)));
        Assert.That(story.Commands, Is.EqualTo("ShipStock RequestCapture"));
        Assert.That(Text(story.WhenDone().Only<FulfilmentCommand.ReleaseRest>().Allocations), Is.EqualTo("tea@main×1"));
    }

    [Test]
    public void Each_location_frees_what_is_left_there()
    {
        var story = new FulfilmentStory(Two).When(Placed(5, Line(1, "mug", 5))).WhenAvailable(2).WhenAvailable(3);
        story.WhenDone().WhenDone().WhenDone().When(new FulfilmentInput.PaymentAuthorised()).WhenDone();
        story.When(Shipped(First, 3, (1, 3))).WhenDone().When(RestCancelled((1, 2)));
        Assert.That(Text(story.Only<FulfilmentCommand.ReleaseRest>().Allocations), Is.EqualTo("mug@spare×2"));
    }

    [Test]
    public void It_is_noted_once_however_often_it_is_heard_and_no_reservation_runs_out_after_it()
    {
        var story = Confirmed().When(Shipped(First, 2, (1, 2))).WhenDone().When(RestCancelled((1, 3))).WhenDone();
        Assert.That(story.When(RestCancelled((1, 3))).Last, Has.Property("Events").Empty.And.Property("Commands").Empty);
        Assert.That(story.When(new FulfilmentInput.DeadlinePassed(At.AddDays(9))).Last, Has.Property("Events").Empty.And.Property("Commands").Empty);
    }

    [Test]
    public void What_was_sent_may_come_back_all_the_same()
    {
        var story = Confirmed().When(Shipped(First, 2, (1, 2))).WhenDone().When(RestCancelled((1, 3))).WhenDone().When(new FulfilmentInput.PaymentCaptured(First)).WhenDone();
        Assert.That(story.When(Returned(Second, 2, (1, 2))).Commands, Is.EqualTo("ReturnStock RequestRefund"));
    }

    // Five mugs, all at main.
    static FulfilmentStory Confirmed() =>
        new FulfilmentStory(Two).When(Placed(5, Line(1, "mug", 5))).WhenDone().WhenDone().When(new FulfilmentInput.PaymentAuthorised()).WhenDone();
}
