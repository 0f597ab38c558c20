using Commerce.Domain.ReadModels;

namespace Commerce.Domain.Tests;

public sealed class StoppedReadModelTests
{
    static readonly ReadModelStop AtEvent = new(3, 17, "order-placed.v1");

    [Test]
    public void The_event_at_which_it_stands_is_skipped() =>
        Assert.That(Decide(new ReadModelCommand.Skip(AtEvent, 17, "broken")).Events, Is.EqualTo((ReadModelEvent[])[new ReadModelEvent.EventSkipped(3, 17, "order-placed.v1", "broken")]));

    [Test]
    public void Another_event_is_not_skipped() =>
        Assert.That(Decide(new ReadModelCommand.Skip(AtEvent, 18, "broken")).Rejection, Is.EqualTo(ReadModelRejections.Elsewhere));

    [Test]
    public void Where_no_event_is_at_fault_none_is_skipped() =>
        Assert.That(Decide(new ReadModelCommand.Skip(new(3, null, null), 17, "broken")).Rejection, Is.EqualTo(ReadModelRejections.Elsewhere));

    [Test]
    public void One_that_stands_still_tries_again() =>
        Assert.That(Decide(new ReadModelCommand.Retry(AtEvent, "mended")).Events, Is.EqualTo((ReadModelEvent[])[new ReadModelEvent.RetryAsked(3, "mended")]));

    [Test]
    public void About_one_that_runs_nothing_is_decided() => Assert.Multiple(() =>
    {
        Assert.That(Decide(new ReadModelCommand.Skip(null, 17, "broken")).Rejection, Is.EqualTo(ReadModelRejections.Runs));
        Assert.That(Decide(new ReadModelCommand.Retry(null, "mended")).Rejection, Is.EqualTo(ReadModelRejections.Runs));
    });

    [TestCase("")]
    [TestCase("a\u0007bell")]
    public void A_decision_has_a_reason(string reason) => Assert.Multiple(() =>
    {
        Assert.That(Decide(new ReadModelCommand.Skip(AtEvent, 17, reason)).Rejection, Is.EqualTo(ReadModelRejections.ReasonInvalid));
        Assert.That(Decide(new ReadModelCommand.Retry(AtEvent, reason)).Rejection, Is.EqualTo(ReadModelRejections.ReasonInvalid));
    });

    static Decision<ReadModelEvent> Decide(ReadModelCommand command) => StoppedReadModel.Decide(command, StoppedReadModel.None);
}
