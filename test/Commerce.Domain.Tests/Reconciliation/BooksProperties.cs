using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;

namespace Commerce.Domain.Tests.Reconciliation;

/// <summary>
/// Books of many payments, told alike on both sides, into which differences are put on purpose: each of them is found as what it
/// is, nothing else is, and after the repairs nothing is left but what is for a person.
/// </summary>
[FsCheck.NUnit.Properties(MaxTest = 300, Replay = "20101201,7")]
public sealed class BooksProperties
{
    static readonly DateOnly Day = new(2026, 2, 3);
    static readonly DateTimeOffset Midnight = new(2026, 2, 3, 0, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset NextMidnight = Midnight.AddDays(1);
    static readonly DateTimeOffset Before = Midnight.AddDays(-3);

    [FsCheck.NUnit.Property]
    public void Every_difference_is_found_as_what_it_is_nothing_else_is_and_repair_leaves_what_is_for_a_person(int seed)
    {
        var random = new Random(seed);
        var stories = Enumerable.Range(0, random.Next(1, 40)).Select(n => Tell(random, n)).ToList();
        var found = Compare(stories);
        var expected = stories.Where(s => s.Expected is not null).Select(s => s.Expected ?? default).ToList();
        Assert.That(found.Select(d => (d.Movement, d.Class)), Is.EquivalentTo(expected));

        foreach (var difference in found.Where(d => d.Repair == Repair.Record))
        {
            stories.Single(s => s.Books.Id == difference.Movement.Payment).Books.Repair(difference, NextMidnight.AddHours(3));
        }

        Assert.That(Compare(stories), Is.EqualTo(found.Where(d => d.Repair == Repair.Person)));
    }

    [FsCheck.NUnit.Property]
    public void Neighbouring_days_tell_no_difference_that_belongs_to_this_one(int seed)
    {
        var random = new Random(seed);
        var stories = Enumerable.Range(0, random.Next(1, 40)).Select(n => Tell(random, n)).ToList();
        Assert.That(Compare(stories, Day.AddDays(1)).Concat(Compare(stories, Day.AddDays(-1))).Select(d => d.Movement), Is.Empty);
    }

    // As a run does it: the day's statement, and what the provider tells of payments that it lacks.
    static IReadOnlyList<Difference> Compare(IReadOnlyList<Story> stories, DateOnly? other = null)
    {
        var day = other ?? Day;
        var ours = stories.SelectMany(s => s.Books.Own).ToList();
        var statement = stories.SelectMany(s => s.Books.Their).Where(t => Books.IsOn(day, t.At)).ToList();
        var lacking = Books.Lacking(day, ours, statement).ToHashSet();
        var told = stories.Where(s => lacking.Contains(s.Books.Id)).SelectMany(s => s.Books.Their);
        return Books.Compare(day, ours, [.. statement, .. told]);
    }

    sealed record Story(TwoBooks Books, (MovementId, DifferenceClass)? Expected = null);

    static Story Tell(Random random, int n)
    {
        var order = new OrderId(new Guid(n + 1, 7, 0, new byte[8]));
        var at = Midnight.AddSeconds(random.Next(10, 86_000));
        var books = new TwoBooks(order, random.Next(100, 10_000) / 100m, Before, until: Before.AddDays(1));
        var part = Math.Max(0.01m, Math.Round(books.Amount.Amount / 3, 2));
        var id = books.Authorisation;
        return random.Next(24) switch
        {
            // Alike on both sides.
            0 => new(books.Authorised(at)),
            1 => new(books.Authorised(Before.AddHours(1)).Captured(1, part, at)),
            2 => new(books.Authorised(Before.AddHours(1)).Captured(1, part, Before.AddHours(2)).Captured(2, part, at).Refunded(1, part, at)),
            3 => new(books.Authorised(at).Ours(new PaymentCommand.RequestVoid(VoidReason.OrderCancelled), at).Ours(new PaymentCommand.Void("v"), at).Theirs(books.Voiding, at)),
            4 => new(books.Ours(new PaymentCommand.Decline("no"), at).Theirs(id, at, state: MovementState.Declined)),
            5 => new(books),
            6 => new(books.Ours(new PaymentCommand.Expire(at), at)),
            7 => new(books.Ours(new PaymentCommand.Authorise("a"), NextMidnight.AddSeconds(random.Next(20_000))).Theirs(id, NextMidnight.AddSeconds(-1))),
            8 => new(books.Ours(new PaymentCommand.Authorise("a"), Midnight.AddSeconds(-1)).Theirs(id, Midnight.AddMilliseconds(random.Next(2_000)))),
            9 => new(books.Theirs(id, at, state: MovementState.Awaited)),

            // The answer never came.
            10 => new(books.Theirs(id, at), (id, DifferenceClass.MissingHere)),
            11 => new(books.Authorised(Before.AddHours(1)).CaptureAsked(1, part, at).Theirs(books.Capture(1), at, books.In(part)), (books.Capture(1), DifferenceClass.MissingHere)),
            12 => new(books.Authorised(Before.AddHours(1)).Captured(1, part, Before.AddHours(2)).RefundAsked(1, part, at).Theirs(books.Refund(1), at, books.In(part)), (books.Refund(1), DifferenceClass.MissingHere)),
            13 => new(books.Authorised(Before.AddHours(1)).Ours(new PaymentCommand.RequestVoid(VoidReason.OrderCancelled), at).Theirs(books.Voiding, at), (books.Voiding, DifferenceClass.MissingHere)),
            14 => new(books.Ours(new PaymentCommand.Expire(at), at).Theirs(id, at), (id, DifferenceClass.MissingHere)),

            // Nobody asked for it.
            15 => new(books.Authorised(Before.AddHours(1)).Theirs(books.Capture(9), at, books.In(part)), (books.Capture(9), DifferenceClass.MissingHere)),
            16 => new(books.Authorised(Before.AddHours(1)).Theirs(books.Voiding, at), (books.Voiding, DifferenceClass.MissingHere)),

            // The provider has lost it.
            17 => new(books.Authorised(at).ForgetTheirs(id), (id, DifferenceClass.MissingThere)),
            18 => new(books.Authorised(Before.AddHours(1)).Captured(1, part, at).ForgetTheirs(books.Capture(1)), (books.Capture(1), DifferenceClass.MissingThere)),

            // Another amount, or the same one twice.
            19 => new(books.Ours(new PaymentCommand.Authorise("a"), at).Theirs(id, at, books.In(books.Amount.Amount + 0.01m)), (id, DifferenceClass.Amount)),
            20 => new(books.Authorised(Before.AddHours(1)).Captured(1, part, at).Theirs(books.Capture(1), at, books.In(part)), (books.Capture(1), DifferenceClass.Amount)),

            // One says yes, the other no.
            21 => new(books.Ours(new PaymentCommand.Decline("no"), at).Theirs(id, at), (id, DifferenceClass.State)),
            22 => new(books.Theirs(id, at, state: MovementState.Declined), (id, DifferenceClass.State)),
            _ => new(books.Authorised(Before.AddHours(1)).CaptureAsked(1, part, at).Theirs(books.Capture(1), at, books.In(part), MovementState.Declined), (books.Capture(1), DifferenceClass.State)),
        };
    }
}
