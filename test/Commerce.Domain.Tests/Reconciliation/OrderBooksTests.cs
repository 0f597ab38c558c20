using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;

namespace Commerce.Domain.Tests.Reconciliation;

/// <summary>What orders want of the money, and what moved: on which day it is told, and what is not.</summary>
public sealed class OrderBooksTests
{
    static readonly DateOnly Day = new(2026, 2, 3);
    static readonly DateTimeOffset Noon = new(2026, 2, 3, 12, 0, 0, TimeSpan.Zero);
    static readonly OrderId Owner = new(new Guid("01920000-0000-7000-8000-000000000001"));

    static readonly Money Ten = new(10, Currency.Of("GBP"));

    [Test]
    public void An_order_that_went_as_it_should_differs_in_nothing()
    {
        var books = Books.Authorised(Noon).Captured(1, 10, Noon).Refunded(1, 4, Noon);
        var order = Placed(OrderOrigin.Client).After(new OrderEvent.Confirmed(), Noon)
            .After(new OrderEvent.Shipped(Transfer(books.Capture(1)), [], Ten), Noon)
            .After(new OrderEvent.Returned(Transfer(books.Refund(1)), [], books.In(4), "broken"), Noon);
        Assert.That(On(Day, order, books), Is.Empty);
    }

    [Test]
    public void A_difference_is_told_once_on_the_day_of_the_later_of_the_order_s_word_and_the_movement()
    {
        var books = Books.Authorised(Noon);
        var cancelled = Placed(OrderOrigin.Client).After(new OrderEvent.Cancelled("unwanted", CancelCause.Customer), Noon.AddDays(1));
        Assert.That(On(Day, cancelled, books), Is.Empty);
        Assert.That(On(Day.AddDays(1), cancelled, books).Select(d => (d.Movement, d.Class, d.Order, d.At)), Is.EqualTo(new[] { (books.Authorisation, DifferenceClass.State, (OrderId?)Owner, Noon.AddDays(1)) }));
        Assert.That(On(Day.AddDays(2), cancelled, books), Is.Empty);

        var late = Books.Authorised(Noon.AddDays(2));
        Assert.That(On(Day.AddDays(2), cancelled, late).Select(d => d.Movement), Is.EqualTo(new[] { late.Authorisation }));
        Assert.That(On(Day.AddDays(1), cancelled, late), Is.Empty);
    }

    [Test]
    public void What_the_two_sides_do_not_agree_on_is_not_told_a_second_time()
    {
        var books = Books.Theirs(Books.Authorisation, Noon);
        var confirmed = Placed(OrderOrigin.Client).After(new OrderEvent.Confirmed(), Noon);
        var known = Domain.Reconciliation.Books.Compare(Day, [.. books.Own], books.Their);
        Assert.That(known.Select(d => d.Class), Is.EqualTo(new[] { DifferenceClass.MissingHere }));
        Assert.That(OrderBooks.Compare(Day, [confirmed], [.. books.Own], books.Their, known), Is.Empty);
    }

    [Test]
    public void Past_trade_that_was_imported_wants_nothing_and_explains_what_moved() =>
        Assert.That(On(Day, Placed(OrderOrigin.Import).After(new OrderEvent.Shipped(new Guid(7, 7, 7, new byte[8]), [], Ten), Noon), Books.Authorised(Noon)), Is.Empty);

    [Test]
    public void An_order_that_costs_nothing_needs_no_payment() =>
        Assert.That(On(Day, Placed(OrderOrigin.Client, 0).After(new OrderEvent.Confirmed(), Noon), null), Is.Empty);

    [Test]
    public void A_difference_of_before_orders_were_compared_is_read_as_one_of_the_two_sides()
    {
        var old = new ReconciliationEvent.DifferenceFoundV1(1, new(new MovementId(PaymentId.For(Owner), PaymentMovement.Void, null), DifferenceClass.State, Owner, MovementState.Done, Ten, null, null, "ref", Noon));
        var read = (ReconciliationEvent.DifferenceFound?)EventCatalog.Read("reconciliation-difference-found.v1", EventCatalog.ToJson(old));
        Assert.That((read?.Difference.Order, read?.Difference.Here, read?.Difference.Demand), Is.EqualTo(((OrderId?)Owner, (MovementState?)MovementState.Done, (OrderDemand?)null)));
    }

    static TwoBooks Books => new(Owner, 10, Noon.AddDays(-1));

    static Guid Transfer(MovementId movement) => movement.Transfer ?? throw new AssertionException("It has no id.");

    static OrderLedger Placed(OrderOrigin origin, decimal total = 10) =>
        OrderLedger.Of(Owner, isInHands: false).After(new OrderEvent.Placed(Owner, 1, null, null, null, origin, [], Ten with { Amount = total }), Noon.AddDays(-1));

    // Only the day's statement: the rest stands as our log has it.
    static IEnumerable<Difference> On(DateOnly day, OrderLedger order, TwoBooks? books) =>
        OrderBooks.Compare(day, [order], [.. books?.Own ?? []], (books?.Their ?? []).Where(t => Domain.Reconciliation.Books.IsOn(day, t.At)), []);
}
