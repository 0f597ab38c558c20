using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.EventLog;

[TestFixtureSource(typeof(EventLogEngine), nameof(EventLogEngine.All))]
sealed class EventLogContractRepeating(EventLogEngine engine) : EventLogContract(engine)
{
    static readonly ExpectedRevision[] AllDemands = [ExpectedRevision.None, ExpectedRevision.Exact(-1), ExpectedRevision.Any];

    [TestCaseSource(nameof(AllDemands))]
    public async Task The_same_append_again_succeeds_as_the_first_time_and_writes_nothing(ExpectedRevision demand)
    {
        var events = Events(3);
        var first = await Append(Stream(), demand, events);
        await Given(Stream(), Events(2));

        Assert.That(await Append(Stream(), demand, events), Is.EqualTo(first));
        Assert.That(await Read(Stream()), Has.Count.EqualTo(5));
    }

    [Test]
    public async Task A_repeat_is_known_in_the_middle_of_a_stream_by_revision_and_by_existence()
    {
        await Given(Stream(), Events(2));
        var (exact, exists) = (Events(2), Events(2));
        var exactly = await Append(Stream(), ExpectedRevision.Exact(1), exact);
        var existing = await Append(Stream(), ExpectedRevision.Exists, exists);

        Assert.That(await Append(Stream(), ExpectedRevision.Exact(1), exact), Is.EqualTo(exactly));
        Assert.That(await Append(Stream(), ExpectedRevision.Exists, exists), Is.EqualTo(existing));
        Assert.That(await Append(Stream(), ExpectedRevision.Any, exact), Is.EqualTo(exactly), "the demand may differ");
        Assert.That(Ids(await Read(Stream())).Skip(2), Is.EqualTo(Ids([.. exact, .. exists])));
    }

    [Test]
    public async Task The_beginning_of_an_append_is_a_repeat_and_tells_its_own_end()
    {
        var events = Events(3);
        await Given(Stream(), events);

        var result = await Append(Stream(), ExpectedRevision.None, events[..2]);

        Assert.That(result, Is.EqualTo(new AppendResult.Appended(1, (await Read(Stream()))[1].Position)));
    }

    [TestCaseSource(nameof(AllDemands))]
    public async Task What_repeats_only_in_part_is_refused(ExpectedRevision demand)
    {
        var events = Events(3);
        await Append(Stream(), demand, events);

        NewEvent[][] others = [[.. events, .. Events(1)], [events[0], .. Events(1)], [events[0], events[2]]];
        foreach (var other in others)
            Assert.That(await Append(Stream(), demand, other), Is.EqualTo(new AppendResult.WrongExpectedRevision(demand, 2)));

        Assert.That(Ids(await Read(Stream())), Is.EqualTo(Ids(events)));
    }

    [Test]
    public async Task The_same_ids_in_another_stream_are_other_events()
    {
        var events = Events(2);
        await Given(Stream("1"), events);
        await Given(Stream("2"), events);

        Assert.That(Ids(await Read(Stream("2"))), Is.EqualTo(Ids(events)));
    }

    [TestCaseSource(nameof(AllDemands))]
    public async Task The_same_append_by_many_at_once_is_written_once_and_answered_alike(ExpectedRevision demand)
    {
        var events = Events(2);

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => Append(Stream(), demand, events))));

        var there = await Read(Stream());
        Assert.That(Ids(there), Is.EqualTo(Ids(events)));
        Assert.That(results, Is.All.EqualTo(new AppendResult.Appended(1, there[1].Position)));
    }
}
