using Commerce.Domain.Orders;
using Commerce.Domain.Tests.Spec;
using static Commerce.Domain.Tests.Orders.OrderWords;

namespace Commerce.Domain.Tests.Orders;

public sealed class OrderTests
{
    static readonly Guid First = new("0190aaaa-0000-7000-8000-0000000000a1");
    static readonly Guid Second = new("0190aaaa-0000-7000-8000-0000000000a2");

    [Test]
    public void An_order_is_placed_with_numbered_lines_and_the_sum_of_their_rounded_prices() =>
        Given().When(Place(Line(3, 0.335m) with { Line = 9 }, Line(2, 1m) with { Line = 9 })).Then(Placed(3.01m, Line(3, 0.335m), Line(2, 1m) with { Line = 2 }));

    [Test]
    public void An_order_is_placed_once() =>
        Given(Placed()).When(Place(Line(1, 1m))).ThenRejected("order-exists", RejectionKind.Conflict);

    [Test]
    public void Nothing_can_be_asked_of_an_order_that_was_not_placed()
    {
        foreach (var command in new[] { Confirm, Reject, Cancel, CancelRest, Complete, Ship(First), Return(First) })
        {
            Given().When(command).ThenRejected("order-unknown", RejectionKind.NotFound);
        }
    }

    [Test]
    public void A_placed_order_is_confirmed_rejected_or_cancelled()
    {
        Given(Placed()).When(Confirm).Then(new OrderEvent.Confirmed());
        Given(Placed()).When(Reject).Then(Rejected);
        Given(Placed()).When(Cancel).Then(Cancelled);
    }

    [Test]
    public void A_confirmed_order_can_still_be_cancelled_but_not_be_rejected()
    {
        Given(Placed(), new OrderEvent.Confirmed()).When(Cancel).Then(Cancelled);
        Given(Placed(), new OrderEvent.Confirmed()).When(Reject).ThenRejected("order-status", RejectionKind.Conflict);
    }

    [Test]
    public void What_is_reached_already_is_not_done_again()
    {
        Given(Placed(), new OrderEvent.Confirmed()).When(Confirm).ThenNothing();
        Given(Placed(), new OrderEvent.Confirmed(), Shipped(First, 2.99m, (1, 3), (2, 2))).When(Confirm).ThenNothing();
        Given(Placed(), Rejected).When(Reject).ThenNothing();
        Given(Placed(), Cancelled).When(Cancel).ThenNothing();
        Given(Completed()).When(Complete).ThenNothing();
    }

    [Test]
    public void An_order_undone_stays_undone()
    {
        foreach (var undone in new[] { Rejected, Cancelled })
        {
            foreach (var command in new[] { Confirm, CancelRest, Complete, Ship(First), Return(First) })
            {
                Given(Placed(), undone).When(command).ThenRejected("order-status", RejectionKind.Conflict);
            }
        }

        Given(Placed(), Cancelled).When(Reject).ThenRejected("order-status", RejectionKind.Conflict);
        Given(Placed(), Rejected).When(Cancel).ThenRejected("order-status", RejectionKind.Conflict);
    }

    [Test]
    public void Nothing_is_shipped_that_is_not_promised() =>
        Given(Placed()).When(Ship(First)).ThenRejected("order-status", RejectionKind.Conflict);

    [Test]
    public void An_order_ships_wholly_where_no_lines_are_named() =>
        Given(Confirmed()).When(Ship(First)).Then(Shipped(First, 3.01m, (1, 3), (2, 2)));

    [Test]
    public void The_prices_of_partial_shipments_add_up_to_the_total()
    {
        Given(Confirmed()).When(Ship(First, (1, 1))).Then(Shipped(First, 0.34m, (1, 1)));
        Given([.. Confirmed(), Shipped(First, 0.34m, (1, 1))]).When(Ship(Second)).Then(Shipped(Second, 2.67m, (1, 2), (2, 2)));
        Given([.. Confirmed(), Shipped(First, 0.34m, (1, 1))]).Shows(o => o.Status == OrderStatus.PartiallyShipped);
        Given([.. Confirmed(), Shipped(First, 0.34m, (1, 1)), Shipped(Second, 2.67m, (1, 2), (2, 2))]).Shows(o => o.Status == OrderStatus.Shipped);
    }

    [Test]
    public void A_shipment_asked_for_twice_goes_out_once()
    {
        var shipped = Given([.. Confirmed(), Shipped(First, 0.34m, (1, 1))]);
        shipped.When(Ship(First, (1, 1))).ThenNothing();
        shipped.When(Ship(First)).ThenNothing();
        shipped.When(Ship(First, (1, 2))).ThenRejected("id-reused", RejectionKind.Conflict);
        shipped.When(Ship(Second, (1, 1))).Then(Shipped(Second, 0.33m, (1, 1)));
    }

    [Test]
    public void A_line_is_named_once_exists_and_has_that_many_units_left()
    {
        var shipped = Given([.. Confirmed(), Shipped(First, 0.34m, (1, 1))]);
        foreach (var command in new[] { Ship(Second, (1, 3)), Ship(Second, (3, 1)), Ship(Second, (1, 1), (1, 1)), Ship(Second, (1, 0)), Ship(Second, (1, -1)), Return(Second, (1, 2)), Return(Second, (2, 1)) })
        {
            shipped.When(command).ThenRejected("line-quantity-invalid");
        }

        Given([.. Confirmed(), Shipped(First, 0.34m, (1, 1)), Returned(First, 0.34m, (1, 1))]).When(Return(Second)).ThenRejected("line-quantity-invalid");
    }

    [Test]
    public void An_order_in_the_house_cannot_be_completed_or_come_back()
    {
        Given(Confirmed()).When(Complete).ThenRejected("order-status", RejectionKind.Conflict);
        Given(Confirmed()).When(Return(First)).ThenRejected("order-status", RejectionKind.Conflict);
        Given([.. Confirmed(), Shipped(First, 0.34m, (1, 1))]).When(Complete).ThenRejected("order-status", RejectionKind.Conflict);
    }

    [Test]
    public void An_order_on_its_way_cannot_be_cancelled() =>
        Given([.. Confirmed(), Shipped(First, 0.34m, (1, 1))]).When(Cancel).ThenRejected("order-status", RejectionKind.Conflict);

    [Test]
    public void The_rest_of_an_order_on_its_way_is_called_off_and_it_ends_with_what_was_sent()
    {
        OrderEvent[] partly = [.. Confirmed(), Shipped(First, 0.34m, (1, 1))];
        Given(partly).When(CancelRest).Then(RestCancelled((1, 2), (2, 2)));
        var ended = Given([.. partly, RestCancelled((1, 2), (2, 2))]);
        ended.Shows(o => o.Status == OrderStatus.Shipped);
        ended.When(CancelRest).ThenNothing();
        ended.When(Ship(Second)).ThenRejected("order-status", RejectionKind.Conflict);
        ended.When(Cancel).ThenRejected("order-status", RejectionKind.Conflict);
        ended.When(Complete).Then(new OrderEvent.Completed());
        Given([.. partly, RestCancelled((1, 2), (2, 2)), new OrderEvent.Completed(), Returned(Second, 0.34m, (1, 1))]).Shows(o => o.Status == OrderStatus.Returned);
        Given([.. partly, Returned(Second, 0.34m, (1, 1)), RestCancelled((1, 2), (2, 2))]).Shows(o => o.Status == OrderStatus.Returned);
    }

    [Test]
    public void There_is_a_rest_only_of_an_order_of_which_a_part_was_sent()
    {
        foreach (OrderEvent[] past in (OrderEvent[][])[[Placed()], Confirmed(), [.. Confirmed(), Shipped(First, 3.01m, (1, 3), (2, 2))], Completed()])
        {
            Given(past).When(CancelRest).ThenRejected("order-status", RejectionKind.Conflict);
        }
    }

    [Test]
    public void What_was_shipped_comes_back_wholly_or_in_part_at_its_price()
    {
        Given(Completed()).When(Return(Second, (1, 2))).Then(Returned(Second, 0.67m, (1, 2)));
        Given([.. Completed(), Returned(Second, 0.67m, (1, 2))]).When(Return(First)).Then(Returned(First, 2.34m, (1, 1), (2, 2)));
        Given([.. Completed(), Returned(Second, 3.01m, (1, 3), (2, 2))]).Shows(o => o.Status == OrderStatus.Returned);
        Given([.. Completed(), Returned(Second, 3.01m, (1, 3), (2, 2))]).When(Return(First)).ThenRejected("order-status", RejectionKind.Conflict);
    }

    [Test]
    public void A_return_asked_for_twice_is_taken_once()
    {
        Given([.. Completed(), Returned(Second, 0.67m, (1, 2))]).When(Return(Second, (1, 2))).ThenNothing();
        Given([.. Completed(), Returned(Second, 0.67m, (1, 2))]).When(Return(Second, (1, 1))).ThenRejected("id-reused", RejectionKind.Conflict);
    }

    [Test]
    public void The_house_calls_an_order_off_where_its_customer_could()
    {
        var late = new OrderCommand.Cancel("not shipped in time", CancelCause.ReservationExpired);
        Given([.. Confirmed()]).When(late).Then(new OrderEvent.Cancelled("not shipped in time", CancelCause.ReservationExpired));
        Given([.. Confirmed(), Shipped(First, 0.34m, (1, 1))]).When(late).ThenRejected("order-status", RejectionKind.Conflict);
        Given(Placed(), new OrderEvent.CancelledV1("changed my mind")).When(late).ThenNothing();
    }

    [TestCaseSource(typeof(Texts), nameof(Texts.Invalid))]
    public void A_reason_is_a_text_that_can_be_kept(string? text)
    {
        Given(Placed()).When(new OrderCommand.Cancel(Texts.OrNull(text))).ThenRejected("reason-invalid");
        Given([.. Confirmed(), Shipped(First, 0.34m, (1, 1))]).When(new OrderCommand.CancelRest(Texts.OrNull(text))).ThenRejected("reason-invalid");
        Given(Placed()).When(new OrderCommand.Reject(RejectReason.OutOfStock, Texts.OrNull(text))).ThenRejected("reason-invalid");
        Given(Completed()).When(new OrderCommand.Return(First, [], Texts.OrNull(text))).ThenRejected("reason-invalid");
    }

    static Given<OrderCommand, OrderEvent, Order> Given(params OrderEvent[] past) => new(Order.Decider, past);

    static OrderEvent[] Confirmed() => [Placed(), new OrderEvent.Confirmed()];

    static OrderEvent[] Completed() => [.. Confirmed(), Shipped(First, 3.01m, (1, 3), (2, 2)), new OrderEvent.Completed()];
}
