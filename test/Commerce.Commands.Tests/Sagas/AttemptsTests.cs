using Commerce.Commands.Payments;
using Commerce.Commands.Sagas;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>How often a message is tried.</summary>
public sealed class AttemptsTests
{
    static readonly Exception Outage = new PaymentProviderUnavailableException("It is closed.");
    static readonly Exception Failure = new InvalidOperationException("It is broken.");
    static readonly Exception Conflict = new SagaConflictException(Guid.Empty, 1, 2);

    [Test]
    public void A_failure_is_tried_again_after_1_5_and_15_seconds_and_then_given_up() =>
        Assert.That(Pauses(Failure, 4), Is.EqualTo(new double?[] { 1, 5, 15, null }));

    [Test]
    public void An_outage_is_waited_for_in_growing_pauses() =>
        Assert.That(Pauses(Outage, 7), Is.EqualTo(new double?[] { 0.25, 0.5, 1, 2, 4, 5, 5 }));

    [Test]
    public void After_the_longest_outage_it_is_given_up()
    {
        var attempts = new Attempts(new SagaOptions { OutageMax = TimeSpan.FromSeconds(10) });
        var waited = TimeSpan.Zero;
        while (attempts.After(Outage) is { } pause)
        {
            waited += pause;
        }

        Assert.That(waited, Is.InRange(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15)));
    }

    [Test]
    public void Outages_take_no_attempt_away()
    {
        var attempts = new Attempts(new SagaOptions());
        Exception[] story = [Outage, Failure, Outage, Failure, Outage, Failure, Outage, Failure];
        Assert.That(story.Select(e => attempts.After(e) is not null), Is.EqualTo(new[] { true, true, true, true, true, true, true, false }));
    }

    [Test]
    public void A_lost_race_is_run_again_at_once_ten_times_and_is_a_failure_then() =>
        Assert.That(Pauses(Conflict, 14), Is.EqualTo(Enumerable.Repeat<double?>(0, 10).Concat([1, 5, 15, null])));

    [Test]
    public void What_is_cancelled_is_not_tried_again() => Assert.That(new Attempts(new SagaOptions()).After(new OperationCanceledException()), Is.Null);

    static IEnumerable<double?> Pauses(Exception failure, int times)
    {
        var attempts = new Attempts(new SagaOptions());
        return [.. Enumerable.Range(0, times).Select(_ => attempts.After(failure)?.TotalSeconds)];
    }
}
