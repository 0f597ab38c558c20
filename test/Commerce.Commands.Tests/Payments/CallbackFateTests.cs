using Commerce.Commands.Payments;
using Commerce.Commands.Payments.Callbacks;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Tests.Payments;

/// <summary>What becomes of a callback after a try.</summary>
public sealed class CallbackFateTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 2, 9, 15, 0, TimeSpan.Zero);
    static readonly CallbackOptions Options = new();
    static readonly NewsOutcome Unknown = new NewsOutcome.Unknown(PaymentRejections.Unknown);

    [Test]
    public void What_the_log_has_now_or_had_already_is_applied()
    {
        Assert.That(After(new NewsOutcome.Recorded()), Is.EqualTo(new CallbackFate(CallbackState.Applied)));
        Assert.That(After(new NewsOutcome.KnownAlready()), Is.EqualTo(new CallbackFate(CallbackState.Applied)));
    }

    [Test]
    public void What_contradicts_the_log_is_left_to_a_person_at_once() =>
        Assert.That(After(new NewsOutcome.Contradicts(PaymentRejections.IdReused)), Is.EqualTo(new CallbackFate(CallbackState.Contradicting, PaymentRejections.IdReused)));

    [Test]
    public void What_is_not_known_yet_waits_with_growing_pauses_up_to_the_longest()
    {
        Assert.That(new[] { 0, 1, 2, 30 }.Select(tries => After(Unknown, tries).TryAt - Now), Is.EqualTo(new[] { Options.PauseMin, Options.PauseMin * 2, Options.PauseMin * 4, Options.PauseMax }));
        Assert.That(After(Unknown), Is.EqualTo(new CallbackFate(CallbackState.Waiting, PaymentRejections.Unknown, Now + Options.PauseMin)));
    }

    [Test]
    public void What_stays_unknown_for_too_long_is_left_to_a_person()
    {
        Assert.That(After(Unknown, age: Options.WaitMax - TimeSpan.FromTicks(1)).State, Is.EqualTo(CallbackState.Waiting));
        Assert.That(After(Unknown, age: Options.WaitMax), Is.EqualTo(new CallbackFate(CallbackState.Contradicting, PaymentRejections.Unknown)));
    }

    static CallbackFate After(NewsOutcome outcome, int tries = 0, TimeSpan age = default) =>
        CallbackFate.Of(new KeptCallback("sandbox", "a", default, Now - age, CallbackState.Waiting) { Tries = tries }, outcome, Now, Options);
}
