using Commerce.Commands.Snapshots;

namespace Commerce.Commands.Tests.Snapshots;

public sealed class SnapshotOptionsTests
{
    static readonly SnapshotOptions Options = new() { EventsMin = 100, EventsUnderLoadMin = 1_000, LoadFromPerSecond = 16, SecondsUnderLoadMin = 10, GrowthPercent = 25 };

    [TestCase(98, ExpectedResult = false)]
    [TestCase(99, ExpectedResult = true)]
    public bool The_first_snapshot_is_due_with_the_least_number_of_events(long revision) => Options.IsDue(revision, -1, perSecond: 1);

    [TestCase(999 + 249, ExpectedResult = false)]
    [TestCase(999 + 250, ExpectedResult = true)]
    public bool The_next_one_is_due_when_the_stream_has_grown_by_its_share(long revision) => Options.IsDue(revision, 999, perSecond: 1);

    [TestCase(998, ExpectedResult = false)]
    [TestCase(999, ExpectedResult = true)]
    public bool Under_load_it_is_due_later(long revision) => Options.IsDue(revision, -1, perSecond: 16);

    [Test]
    public void As_soon_as_the_load_is_over_it_is_due_again()
    {
        Assert.That(Options.IsDue(500, -1, perSecond: 16), Is.False);
        Assert.That(Options.IsDue(500, -1, perSecond: 15), Is.True);
    }

    [TestCase(4_998, ExpectedResult = false)]
    [TestCase(4_999, ExpectedResult = true)]
    public bool Under_a_great_load_it_is_due_when_so_many_seconds_of_it_have_come(long revision) => (Options with { SecondsUnderLoadMin = 50 }).IsDue(revision, -1, perSecond: 100);
}
