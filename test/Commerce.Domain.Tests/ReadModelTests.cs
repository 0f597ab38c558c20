using Commerce.Domain.ReadModels;

namespace Commerce.Domain.Tests;

public sealed class ReadModelTests
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

    [Test]
    public void What_has_rows_is_rebuilt_and_what_has_none_is_not() => Assert.Multiple(() =>
    {
        Assert.That(Decide(new ReadModelCommand.Rebuild(3, "mended")).Events, Is.EqualTo((ReadModelEvent[])[new ReadModelEvent.RebuildAsked(3, "mended")]));
        Assert.That(Decide(new ReadModelCommand.Rebuild(0, "mended")).Rejection, Is.EqualTo(ReadModelRejections.NotBuilt));
    });

    [Test]
    public void What_is_paused_is_resumed_once_and_not_rebuilt_meanwhile() => Assert.Multiple(() =>
    {
        var paused = ReadModel.Evolve(ReadModel.None, new ReadModelEvent.Paused("the disk is full"));
        Assert.That(Decide(new ReadModelCommand.Pause("the disk is full")).Events, Is.EqualTo((ReadModelEvent[])[new ReadModelEvent.Paused("the disk is full")]));
        Assert.That(Decide(new ReadModelCommand.Resume("no reason")).Rejection, Is.EqualTo(ReadModelRejections.IsNotPaused));
        Assert.That(ReadModel.Decide(new ReadModelCommand.Pause("again"), paused).Rejection, Is.EqualTo(ReadModelRejections.IsPaused));
        Assert.That(ReadModel.Decide(new ReadModelCommand.Rebuild(3, "now"), paused).Rejection, Is.EqualTo(ReadModelRejections.IsPaused));
        Assert.That(ReadModel.Decide(new ReadModelCommand.Resume("there is room"), paused).Events, Is.EqualTo((ReadModelEvent[])[new ReadModelEvent.Resumed("there is room")]));
        Assert.That(ReadModel.Evolve(paused, new ReadModelEvent.Resumed("there is room")), Is.EqualTo(ReadModel.None));
    });

    [Test]
    public void Only_what_a_rebuild_replaced_is_dropped() => Assert.Multiple(() =>
    {
        Assert.That(Decide(new ReadModelCommand.DropReplaced(new(2, -1), "checked")).Events, Is.EqualTo((ReadModelEvent[])[new ReadModelEvent.ReplacedDropped(2, -1, "checked")]));
        Assert.That(Decide(new ReadModelCommand.DropReplaced(null, "checked")).Rejection, Is.EqualTo(ReadModelRejections.NothingReplaced));
    });

    static Decision<ReadModelEvent> Decide(ReadModelCommand command) => ReadModel.Decide(command, ReadModel.None);
}
