using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using static Commerce.Domain.Tests.Fulfilment.FulfilmentStory;

namespace Commerce.Domain.Tests.Fulfilment;

/// <summary>Stock holds units of which the saga has not said that it has them: an attempt that hung reserved them, was overtaken, and ended before it learned of that.</summary>
public sealed class StrayStockTests
{
    static readonly Guid Parcel = new("00000000-0000-0000-0000-000000000071");
    static readonly FulfilmentPolicy Two = new([LocationId.Of("main"), LocationId.Of("spare")], TimeSpan.FromDays(1));
    static readonly FulfilmentInput Unaccounted = new FulfilmentInput.StockUnaccounted();

    [Test]
    public void Of_an_order_that_is_undone_whatever_is_held_anywhere_goes_back()
    {
        var story = new FulfilmentStory(Two).When(Placed(5, Line(1, "mug", 5))).WhenAvailable(5).When(new FulfilmentInput.OrderCancelled()).WhenDone();
        Assert.That(story.State.Phase, Is.EqualTo(FulfilmentPhase.Undone));

        story.When(Unaccounted);

        Assert.That((Text(story.Only<FulfilmentCommand.ReleaseStock>().Allocations), story.Last.IsHeardAgain), Is.EqualTo(("mug@main×5", false)));
        Assert.That((story.WhenDone().Last.Events.IsEmpty, story.Commands), Is.EqualTo((true, "")));
    }

    [Test]
    public void Of_an_order_that_is_being_undone_it_goes_back_when_that_is_done()
    {
        var story = Confirmed().Given(new FulfilmentEvent.OrderCancelled()).When(Unaccounted);
        Assert.That((story.Commands, story.Last.IsHeardAgain), Is.EqualTo(("RequestVoid ReleaseStock", true)));
    }

    [Test]
    public void Of_an_order_that_is_served_it_goes_back_wherever_it_is_not_served_from()
    {
        var story = Confirmed().When(Unaccounted);

        Assert.That(Text(story.Only<FulfilmentCommand.ReleaseStock>().Allocations), Is.EqualTo("mug@main×5"));
        Assert.That(story.First<FulfilmentCommand.ReleaseStock>().Reason, Is.EqualTo(ReleaseReason.ServedElsewhere));
        Assert.That((story.WhenDone().Last.Events.IsEmpty, story.State.Phase), Is.EqualTo((true, FulfilmentPhase.Confirmed)));
    }

    [Test]
    public void Once_all_has_left_nothing_is_held_where_it_left_from_either()
    {
        var story = new FulfilmentStory(Two).When(Placed(0, Line(1, "mug", 5))).WhenAvailable(5).WhenDone().When(Shipped(Parcel, 0, (1, 5))).WhenDone().WhenDone();
        Assert.That(story.State.Phase, Is.EqualTo(FulfilmentPhase.Completed));

        story.When(Unaccounted);

        Assert.That(Text(story.Only<FulfilmentCommand.ReleaseStock>().Allocations), Is.EqualTo("mug@main×5"));
    }

    [Test]
    public void What_an_attempt_that_is_under_way_may_hold_is_left_to_it()
    {
        var story = new FulfilmentStory(Two).When(Unaccounted);
        Assert.That((story.Commands, story.Last.Events.IsEmpty), Is.EqualTo(("", true)), "not heard of yet");

        story.When(Placed(5, Line(1, "mug", 5))).WhenAvailable(3).When(Unaccounted);
        Assert.That((story.Commands, story.Last.Events.IsEmpty), Is.EqualTo(("", true)), "still looking");
    }

    [Test]
    public void What_costs_nothing_is_promised_only_when_it_is_saved_that_it_is_held()
    {
        var story = new FulfilmentStory(Two).When(Placed(0, Line(1, "mug", 5)));
        Assert.That(story.Last.IsSavedFirst, Is.False);

        story.WhenAvailable(5).Only<FulfilmentCommand.ConfirmOrder>();

        Assert.That(story.Last.IsSavedFirst, "Another attempt was refused the units, perhaps, and rejects the order.");
    }

    // Served by the spare location, the main one has too few.
    static FulfilmentStory Confirmed() =>
        new FulfilmentStory(Two).When(Placed(5, Line(1, "mug", 5))).WhenAvailable(3).WhenAvailable(5).WhenDone().When(new FulfilmentInput.PaymentAuthorised()).WhenDone();
}
