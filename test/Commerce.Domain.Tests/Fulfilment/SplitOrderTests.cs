using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Orders;
using static Commerce.Domain.Tests.Fulfilment.FulfilmentStory;

namespace Commerce.Domain.Tests.Fulfilment;

/// <summary>Stock at several locations.</summary>
public sealed class SplitOrderTests
{
    static readonly Guid First = new("00000000-0000-0000-0000-000000000071");
    static readonly Guid Second = new("00000000-0000-0000-0000-000000000072");
    static readonly Guid Back = new("00000000-0000-0000-0000-000000000073");
    static readonly FulfilmentPolicy Three = new([LocationId.Of("main"), LocationId.Of("spare"), LocationId.Of("attic")], TimeSpan.FromDays(1));

    [Test]
    public void One_location_that_has_all_is_preferred_to_several_that_come_before_it()
    {
        var story = new FulfilmentStory(Three).When(Placed(5, Line(1, "mug", 5))).WhenAvailable(3).WhenAvailable(4);
        Assert.That(Text(story.Only<FulfilmentCommand.ReserveStock>().Allocations), Is.EqualTo("mug@attic×5"));
    }

    [Test]
    public void Where_none_has_all_parts_are_taken_in_the_policys_order()
    {
        var story = new FulfilmentStory(Three).When(Placed(5, Line(1, "mug", 5))).WhenAvailable(2).WhenAvailable(0).WhenAvailable(4);
        Assert.That(Text(story.Only<FulfilmentCommand.ReserveStock>().Allocations), Is.EqualTo("mug@main×2"));
        Assert.That(Text(story.WhenDone().Only<FulfilmentCommand.ReserveStock>().Allocations), Is.EqualTo("mug@attic×3"));
        Assert.That(story.Last.IsSavedFirst, "Another attempt might be told otherwise.");
        story.WhenDone().Only<FulfilmentCommand.RequestPayment>();
    }

    [Test]
    public void Each_sku_is_looked_for_on_its_own()
    {
        var story = new FulfilmentStory(Three).When(Placed(9, Line(1, "mug", 5), Line(2, "tea", 2), Line(3, "mug", 1))).WhenAvailable(1, 9);
        Assert.That(Text(story.Only<FulfilmentCommand.ReserveStock>().Allocations), Is.EqualTo("mug@spare×6"));
    }

    [Test]
    public void Only_where_all_together_lack_units_is_the_order_rejected_and_told_what_there_was()
    {
        var story = new FulfilmentStory(Three).When(Placed(5, Line(1, "mug", 5))).WhenAvailable(2).WhenAvailable(1).WhenAvailable(1);
        Assert.That(story.Only<FulfilmentCommand.RejectOrder>(), Is.EqualTo(new FulfilmentCommand.RejectOrder(RejectReason.OutOfStock, "mug: 4 of 5 available.")));
        Assert.That(story.WhenDone().State.Phase, Is.EqualTo(FulfilmentPhase.Undone));
    }

    [Test]
    public void What_was_sold_meanwhile_is_looked_for_elsewhere()
    {
        var story = new FulfilmentStory(Three).When(Placed(5, Line(1, "mug", 5))).WhenAvailable(3).WhenAvailable(3).WhenAvailable(3);
        story.WhenDone().WhenAvailable(1);
        Assert.That(Text(story.Only<FulfilmentCommand.ReserveStock>().Allocations), Is.EqualTo("mug@spare×1"));
        Assert.That(Text(story.WhenDone().Only<FulfilmentCommand.ReserveStock>().Allocations), Is.EqualTo("mug@attic×1"));
        Assert.That(story.WhenDone().State.Phase, Is.EqualTo(FulfilmentPhase.Paying));
    }

    [Test]
    public void Parts_go_back_when_the_rest_was_sold_meanwhile()
    {
        var story = new FulfilmentStory(Three).When(Placed(5, Line(1, "mug", 5))).WhenAvailable(3).WhenAvailable(3).WhenAvailable(0);
        story.WhenDone().WhenAvailable(1);
        Assert.That(story.Commands, Is.EqualTo("RejectOrder ReleaseStock"));
        Assert.That(Text(story.First<FulfilmentCommand.ReleaseStock>().Allocations), Is.EqualTo("mug@main×3"));
        Assert.That(story.First<FulfilmentCommand.RejectOrder>().Detail, Is.EqualTo("mug: 4 of 5 available."));
    }

    [Test]
    public void What_an_overtaken_attempt_may_have_reserved_where_this_one_was_refused_goes_back_once_the_order_is_served()
    {
        var story = new FulfilmentStory(Three).When(Placed(5, Line(1, "mug", 5))).WhenAvailable(3);
        story.When(Placed(5, Line(1, "mug", 5)));
        Assert.That((Text(story.Only<FulfilmentCommand.ReserveStock>().Allocations), story.Last.IsHeardAgain), Is.EqualTo(("mug@spare×5", true)), "what is left behind is known only then");
        story.WhenDone().Only<FulfilmentCommand.RequestPayment>();
        Assert.That(story.WhenDone().Commands, Is.Empty);

        story.When(Placed(5, Line(1, "mug", 5)));
        Assert.That((Text(story.Only<FulfilmentCommand.ReleaseStock>().Allocations), story.Last.IsHeardAgain), Is.EqualTo(("mug@main×5", false)));
        Assert.That(story.WhenDone().Commands, Is.Empty);
    }

    [Test]
    public void A_shipment_takes_from_the_locations_in_turn_and_says_so_before_it_does()
    {
        var story = Confirmed().When(Shipped(First, 3, (1, 3)));
        Assert.That(Text(story.First<FulfilmentCommand.ShipStock>().Allocations), Is.EqualTo("mug@main×2 mug@attic×1"));
        Assert.That((story.Last.IsSavedFirst, story.Last.Events.OfType<FulfilmentEvent.ShipmentPlanned>().Count()), Is.EqualTo((true, 1)));
        story.WhenDone().When(Shipped(Second, 2, (1, 2)));
        Assert.That(Text(story.First<FulfilmentCommand.ShipStock>().Allocations), Is.EqualTo("mug@attic×2"));
    }

    [Test]
    public void Two_shipments_that_wait_at_once_do_not_count_on_the_same_units()
    {
        var story = Confirmed().When(Shipped(First, 2, (1, 2)), Shipped(Second, 3, (1, 3)));
        Assert.That(story.Last.Commands.OfType<FulfilmentCommand.ShipStock>().Select(s => Text(s.Allocations)), Is.EqualTo(new[] { "mug@main×2", "mug@attic×3" }));
    }

    [Test]
    public void What_comes_back_goes_to_where_it_came_from_once_it_has_left()
    {
        var story = Confirmed().When(Returned(Back, 3, (1, 3)));
        Assert.That(story.Commands, Is.Empty);
        story.When(Shipped(First, 4, (1, 4))).WhenDone();
        Assert.That(Text(story.First<FulfilmentCommand.ReturnStock>().Allocations), Is.EqualTo("mug@main×2 mug@attic×1"));
        Assert.That(story.Last.IsSavedFirst);
        story.When(new FulfilmentInput.PaymentCaptured(First));
        Assert.That(story.First<FulfilmentCommand.RequestRefund>().Amount.Amount, Is.EqualTo(3));
    }

    [Test]
    public void Capture_and_refund_of_the_same_id_are_two_things()
    {
        var story = Confirmed().When(Shipped(First, 5, (1, 5))).WhenDone().When(new FulfilmentInput.PaymentCaptured(First)).WhenDone();
        story.When(Returned(First, 1, (1, 1)));
        Assert.That(story.First<FulfilmentCommand.RequestRefund>().Amount.Amount, Is.EqualTo(1));
    }

    [Test]
    public void A_repeat_of_the_placing_looks_for_what_an_overtaken_attempt_may_have_reserved()
    {
        var story = Confirmed().When(Placed(5, Line(1, "mug", 5)));
        Assert.That(Text(story.Only<FulfilmentCommand.ReleaseStock>().Allocations), Is.EqualTo("mug@spare×5"));
        Assert.That(story.First<FulfilmentCommand.ReleaseStock>().Reason, Is.EqualTo(ReleaseReason.ServedElsewhere));
        Assert.That((story.WhenDone().Last.Events.IsEmpty, story.State.Phase), Is.EqualTo((true, FulfilmentPhase.Confirmed)));
    }

    [Test]
    public void An_order_that_an_earlier_version_gave_up_stays_given_up()
    {
        var main = new Allocation(Sku.Of("mug"), LocationId.Of("main"), 5);
        var story = new FulfilmentStory(Three).Given(
            new FulfilmentEvent.Started(Id, [new(1, main.Sku, 5)], new Money(5, Gbp), null, [LocationId.Of("main"), LocationId.Of("spare")], At.AddDays(1)),
            new FulfilmentEvent.StockRefused(main, "out-of-stock", 3),
            new FulfilmentEvent.StockRefused(main with { Location = LocationId.Of("spare") }, "out-of-stock", 4),
            new FulfilmentEvent.OrderRejected(RejectReason.OutOfStock),
            new FulfilmentEvent.Undone());
        Assert.That((story.State.Phase, story.State.IsSettled), Is.EqualTo((FulfilmentPhase.Undone, true)));
    }

    // Five mugs, of which main has two and the attic three.
    static FulfilmentStory Confirmed()
    {
        var story = new FulfilmentStory(Three).When(Placed(5, Line(1, "mug", 5))).WhenAvailable(2).WhenAvailable(0).WhenAvailable(4);
        story.WhenDone().WhenDone().WhenDone().When(new FulfilmentInput.PaymentAuthorised()).WhenDone();
        Assert.That(story.State.Phase, Is.EqualTo(FulfilmentPhase.Confirmed));
        return story;
    }
}
