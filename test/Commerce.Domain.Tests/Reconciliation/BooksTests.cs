using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;

namespace Commerce.Domain.Tests.Reconciliation;

/// <summary>Our movements of a day against the provider's.</summary>
public sealed class BooksTests
{
    static readonly DateOnly Day = new(2026, 2, 3);
    static readonly DateTimeOffset Noon = new(2026, 2, 3, 12, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset JustBefore = new(2026, 2, 2, 23, 59, 59, TimeSpan.Zero);
    static readonly DateTimeOffset JustAfter = new(2026, 2, 3, 0, 0, 1, TimeSpan.Zero);

    TwoBooks _books = NewBooks();

    [SetUp]
    public void Open() => _books = NewBooks();

    [Test]
    public void Books_that_tell_the_same_differ_in_nothing()
    {
        _books.Authorised(Noon).Captured(1, 7, Noon).Refunded(1, 2, Noon);
        Assert.That(On(Day), Is.Empty);
    }

    [Test]
    public void A_difference_names_order_amounts_and_the_provider_s_own_reference()
    {
        _books.Authorised(Noon).CaptureAsked(1, 7, Noon).Theirs(_books.Capture(1), Noon.AddHours(1), _books.In(6));
        Assert.That(On(Day), Is.EqualTo(new[]
        {
            new Difference(
                _books.Capture(1), DifferenceClass.Amount, new OrderId(new Guid("01920000-0000-7000-8000-000000000001")), MovementState.Awaited, _books.In(7), MovementState.Done, _books.In(6), "ref-2", Noon.AddHours(1), null),
        }));
    }

    [Test]
    public void What_the_provider_did_just_before_midnight_and_we_recorded_just_after_is_no_difference_on_either_day()
    {
        _books.Ours(new PaymentCommand.Authorise("a"), JustAfter).Theirs(_books.Authorisation, JustBefore);
        Assert.That((On(Day.AddDays(-1)), On(Day)), Is.EqualTo((Nothing, Nothing)));
    }

    [Test]
    public void What_we_recorded_just_before_midnight_by_our_clock_and_the_provider_did_just_after_is_no_difference_on_either_day()
    {
        _books.Ours(new PaymentCommand.Authorise("a"), JustBefore).Theirs(_books.Authorisation, JustAfter);
        Assert.That((On(Day.AddDays(-1)), On(Day)), Is.EqualTo((Nothing, Nothing)));
    }

    [Test]
    public void Only_payments_that_the_statement_lacks_are_asked_for()
    {
        _books.Ours(new PaymentCommand.Authorise("a"), JustAfter);
        var other = new TwoBooks(new OrderId(new Guid("01920000-0000-7000-8000-000000000002")), 10, Noon).Authorised(Noon);
        Assert.That(Books.Lacking(Day, [.. _books.Own, .. other.Own], other.Their), Is.EqualTo(new[] { _books.Id }));
        Assert.That(Books.Lacking(Day.AddDays(-1), [.. _books.Own, .. other.Own], other.Their), Is.Empty);
    }

    [Test]
    public void A_difference_belongs_to_the_provider_s_day_and_is_told_once()
    {
        _books.Theirs(_books.Authorisation, JustBefore);
        Assert.That(On(Day), Is.Empty);
        Assert.That(On(Day.AddDays(-1)).Select(d => d.Class), Is.EqualTo(new[] { DifferenceClass.MissingHere }));
    }

    [Test]
    public void The_same_line_told_twice_is_one_and_another_movement_by_the_same_id_is_money_that_moved_twice()
    {
        _books.Authorised(Noon).Captured(1, 4, Noon);
        var line = _books.Their[1];
        Assert.That(Books.Compare(Day, [.. _books.Own], [.. _books.Their, line]), Is.Empty);
        Assert.That(
            Books.Compare(Day, [.. _books.Own], [.. _books.Their, line with { Reference = "another" }]).Select(d => (d.Class, d.AmountThere)),
            Is.EqualTo(new (DifferenceClass, Money?)[] { (DifferenceClass.Amount, _books.In(8)) }));
    }

    static Difference[] Nothing => [];

    static TwoBooks NewBooks() => new(new OrderId(new Guid("01920000-0000-7000-8000-000000000001")), 10, Noon.AddDays(-1));

    Difference[] On(DateOnly day) => [.. Books.Compare(day, [.. _books.Own], _books.Their)];
}
