using Commerce.Domain.DeadLetters;
using Commerce.Domain.Tests.Spec;

namespace Commerce.Domain.Tests.DeadLetters;

public sealed class DeadLetterTests
{
    static readonly OrderId Order = new(new Guid("01920000-0000-7000-8000-000000000001"));
    static readonly Guid Message = new("01920000-0000-7000-8000-000000000002");
    static readonly DeadLetterCommand.Keep Keep = new("q", Order, Message, "order-placed.v1", 7, "no");
    static readonly DeadLetterEvent Kept = new DeadLetterEvent.Kept("q", Order, Message, "order-placed.v1", 7, "no");
    static readonly DeadLetterEvent Unreadable = new DeadLetterEvent.Kept("q", null, Message, "unreadable", 0, "no");
    static readonly DeadLetterEvent Asked = new DeadLetterEvent.ReplayAsked("mended");
    static readonly DeadLetterEvent Failed = new DeadLetterEvent.FailedAgain("no again", 2);
    static readonly DeadLetterEvent Handled = new DeadLetterEvent.Handled();
    static readonly DeadLetterEvent Discarded = new DeadLetterEvent.Discarded("of no use");
    static readonly DeadLetterCommand Replay = new DeadLetterCommand.Replay("mended");
    static readonly DeadLetterCommand Discard = new DeadLetterCommand.Discard("of no use");

    [Test]
    public void A_letter_is_kept_once()
    {
        Given().When(Keep).Then(Kept);
        Given(Kept).When(Keep).ThenNothing();
        Given(Kept, Discarded).When(Keep).ThenNothing();
    }

    [Test]
    public void Nothing_can_be_decided_about_a_letter_that_is_not_there()
    {
        Given().When(Replay).ThenRejected("dead-letter-unknown", RejectionKind.NotFound);
        Given().When(Discard).ThenRejected("dead-letter-unknown", RejectionKind.NotFound);
    }

    [Test]
    public void It_is_handled_again_when_somebody_says_why_and_two_who_say_so_are_one()
    {
        Given(Kept).When(Replay).Then(Asked);
        Given(Kept, Asked).When(new DeadLetterCommand.Replay("I say so too")).ThenNothing();
        Given(Kept, Asked, Failed).When(Replay).Then(Asked);
    }

    [Test]
    public void It_is_given_up_for_good_when_somebody_says_why_but_not_while_it_is_being_handled()
    {
        Given(Kept).When(Discard).Then(Discarded);
        Given(Kept, Asked).When(Discard).ThenRejected("dead-letter-replaying", RejectionKind.Conflict);
        Given(Kept, Asked, Failed).When(Discard).Then(Discarded);
    }

    [Test]
    public void What_is_settled_stays_as_it_is()
    {
        foreach (var end in new[] { Handled, Discarded })
        {
            Given(Kept, end).When(Replay).ThenRejected("dead-letter-settled", RejectionKind.Conflict);
            Given(Kept, end).When(Discard).ThenRejected("dead-letter-settled", RejectionKind.Conflict);
            Given(Kept, end).When(new DeadLetterCommand.Settle()).ThenNothing();
            Given(Kept, end).When(new DeadLetterCommand.FailAgain("late")).ThenNothing();
        }
    }

    [Test]
    public void A_failure_of_the_replay_is_counted_and_a_success_settles_it()
    {
        Given(Kept, Asked).When(new DeadLetterCommand.FailAgain("no again")).Then(Failed);
        Given(Kept, Asked, Failed, Asked).When(new DeadLetterCommand.FailAgain("still")).Then(new DeadLetterEvent.FailedAgain("still", 3));
        Given(Kept, Asked).When(new DeadLetterCommand.Settle()).Then(Handled);
        Given(Kept, Asked, Failed).Shows(l => l is { Status: DeadLetterStatus.Open, Reason: "no again", Attempts: 2 });
    }

    [Test]
    public void A_reason_is_required_and_bounded()
    {
        foreach (var reason in new[] { "", " ", "a\nb", new string('x', DeadLetter.ReasonLengthMax + 1) })
        {
            Given(Kept).When(new DeadLetterCommand.Replay(reason)).ThenRejected("reason-invalid");
            Given(Kept).When(new DeadLetterCommand.Discard(reason)).ThenRejected("reason-invalid");
        }

        var longest = new string('x', DeadLetter.ReasonLengthMax);
        Given(Kept).When(new DeadLetterCommand.Discard(longest)).Then(new DeadLetterEvent.Discarded(longest));
    }

    [Test]
    public void What_cannot_be_read_can_only_be_discarded()
    {
        Given(Unreadable).When(Replay).ThenRejected("dead-letter-unreadable", RejectionKind.Conflict);
        Given(Unreadable).When(Discard).Then(Discarded);
    }

    [Test]
    public void The_same_message_in_the_same_queue_is_the_same_letter()
    {
        var (once, again) = (DeadLetter.IdOf("q", Message), DeadLetter.IdOf("q", Message));
        Assert.That(again, Is.EqualTo(once).And.Not.EqualTo(DeadLetter.IdOf("p", Message)));
        Assert.That(DeadLetter.StreamOf(DeadLetter.IdOf("q", Message)).Category, Is.EqualTo("deadletter"));
    }

    static Given<DeadLetterCommand, DeadLetterEvent, DeadLetter> Given(params IEnumerable<DeadLetterEvent> past) => new(DeadLetter.Decider, past);
}
