using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;
using Commerce.Domain.Tests.Spec;
using Past = Commerce.Domain.Reconciliation.ReconciliationEvent;
using Please = Commerce.Domain.Reconciliation.ReconciliationCommand;

namespace Commerce.Domain.Tests.Reconciliation;

/// <summary>The runs that reconcile a day.</summary>
public sealed class DayReconciliationTests
{
    static readonly DateOnly Day = new(2026, 2, 3);
    static readonly DateTimeOffset At = new(2026, 2, 4, 3, 0, 0, TimeSpan.Zero);
    static readonly MovementId Movement = new(new PaymentId(new Guid(1, 0, 0, new byte[8])), PaymentMovement.Authorisation, null);
    static readonly Difference Found = new(Movement, DifferenceClass.MissingHere, new OrderId(new Guid(2, 0, 0, new byte[8])), MovementState.Awaited, null, MovementState.Done, null, "ref", At, null);

    [Test]
    public void A_run_that_finds_nothing_says_how_much_it_looked_at() =>
        Runs(Started(1)).When(new Please.Finish(1, 12)).Then(new Past.Finished(1, new(12, 0, 0, 0)));

    [Test]
    public void A_difference_is_found_once_a_run()
    {
        Runs(Started(1)).When(new Please.Find(1, Found)).Then(new Past.DifferenceFound(1, Found));
        Runs(Started(1), new Past.DifferenceFound(1, Found)).When(new Please.Find(1, Found)).ThenNothing();
    }

    [Test]
    public void A_run_ends_when_every_difference_is_repaired_or_left()
    {
        Runs(Started(1), new Past.DifferenceFound(1, Found)).When(new Please.Finish(1, 3)).ThenRejected("difference-open", RejectionKind.Conflict);
        Runs(Started(1), new Past.DifferenceFound(1, Found)).When(new Please.Repair(1, Movement, "recorded")).Then(new Past.DifferenceRepaired(1, Movement, "recorded"));
        Runs(Started(1), new Past.DifferenceFound(1, Found), new Past.DifferenceRepaired(1, Movement, "recorded")).When(new Please.Finish(1, 3)).Then(new Past.Finished(1, new(3, 1, 1, 0)));
        Runs(Started(1), new Past.DifferenceFound(1, Found), new Past.DifferenceLeft(1, Movement, "why")).When(new Please.Finish(1, 3)).Then(new Past.Finished(1, new(3, 1, 0, 1)));
    }

    [Test]
    public void A_further_run_of_the_day_finds_nothing_new_when_all_was_repaired()
    {
        Past[] past = [Started(1), new Past.DifferenceFound(1, Found), new Past.DifferenceRepaired(1, Movement, "recorded"), new Past.Finished(1, new(1, 1, 1, 0))];
        Runs(past).When(new Please.Start(Day, At.AddHours(1))).Then(new Past.Started(Day, 2, At.AddHours(1)));
        Runs([.. past, Started(2)]).When(new Please.Finish(2, 1)).Then(new Past.Finished(2, new(1, 0, 0, 0)));
    }

    [Test]
    public void What_was_left_for_a_person_is_seen_again_or_gone()
    {
        Past[] past = [Started(1), new Past.DifferenceFound(1, Found), new Past.DifferenceLeft(1, Movement, "why"), new Past.Finished(1, new(1, 1, 0, 1)), Started(2)];
        Runs(past).When(new Please.Find(2, Found)).Then(new Past.DifferenceSeenAgain(2, Movement));
        Runs([.. past, new Past.DifferenceSeenAgain(2, Movement)]).When(new Please.Leave(2, Movement, "why")).ThenNothing();
        Runs([.. past, new Past.DifferenceSeenAgain(2, Movement)]).When(new Please.Finish(2, 1)).Then(new Past.Finished(2, new(1, 1, 0, 1)));
        Runs(past).When(new Please.Finish(2, 1)).Then(new Past.DifferenceGone(2, Movement), new Past.Finished(2, new(1, 0, 0, 0)));
    }

    [Test]
    public void What_changed_since_or_came_back_after_its_repair_is_found_anew()
    {
        var other = Found with { Class = DifferenceClass.Amount };
        Runs(Started(1), new Past.DifferenceFound(1, Found), new Past.DifferenceLeft(1, Movement, "why"), Started(2)).When(new Please.Find(2, other)).Then(new Past.DifferenceFound(2, other));
        Runs(Started(1), new Past.DifferenceFound(1, Found), new Past.DifferenceRepaired(1, Movement, "recorded"), Started(2)).When(new Please.Find(2, Found)).Then(new Past.DifferenceFound(2, Found));
    }

    [Test]
    public void A_run_that_died_is_overtaken_by_the_next_and_told_so()
    {
        Runs(Started(1), new Past.DifferenceFound(1, Found)).When(new Please.Start(Day, At)).Then(new Past.Started(Day, 2, At));
        foreach (var late in new Please[] { new Please.Find(1, Found), new Please.Repair(1, Movement, "recorded"), new Please.Leave(1, Movement, "why"), new Please.Finish(1, 1) })
        {
            Runs(Started(1), new Past.DifferenceFound(1, Found), Started(2)).When(late).ThenRejected("reconciliation-overtaken", RejectionKind.Conflict);
        }

        Runs(Started(1), new Past.DifferenceFound(1, Found), Started(2)).When(new Please.Find(2, Found)).Then(new Past.DifferenceFound(2, Found));
    }

    [Test]
    public void Nothing_is_repaired_that_was_not_found() =>
        Runs(Started(1)).When(new Please.Repair(1, Movement, "recorded")).ThenRejected("difference-unknown", RejectionKind.NotFound);

    [Test]
    public void A_day_has_a_stream_of_its_own()
    {
        Assert.That(DayReconciliation.StreamOf(Day).Value, Is.EqualTo("reconciliation-2026-02-03"));
        Runs(Started(1)).When(new Please.Start(Day.AddDays(1), At)).ThenRejected("reconciliation-date", RejectionKind.Conflict);
    }

    [Test]
    public void More_differences_than_can_be_accidents_are_refused()
    {
        var many = Enumerable.Range(1, DayReconciliation.DifferencesMax).Select(n => Found with { Movement = Movement with { Payment = new(new Guid(n, 5, 0, new byte[8])) } });
        Runs([Started(1), .. many.Select(d => new Past.DifferenceFound(1, d))]).When(new Please.Find(1, Found)).ThenRejected("differences-too-many");
    }

    [Test]
    public void A_provider_s_long_words_are_cut() =>
        Runs(Started(1), new Past.DifferenceFound(1, Found)).When(new Please.Leave(1, Movement, new string('x', 2_000)))
            .Then(new Past.DifferenceLeft(1, Movement, new string('x', DayReconciliation.TextLengthMax)));

    [Test]
    public void Only_a_run_that_reached_its_end_covers_the_day()
    {
        Runs(Started(1)).Shows(r => r.CoveredAt is null);
        Runs(Started(1), new Past.Finished(1, new(0, 0, 0, 0)), Started(2)).Shows(r => r.CoveredAt == At.AddMinutes(1));
    }

    static Past.Started Started(int run) => new(Day, run, At.AddMinutes(run));

    static Given<Please, Past, DayReconciliation> Runs(params IEnumerable<Past> past) => new(DayReconciliation.Decider, past);
}
