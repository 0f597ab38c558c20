using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.EventLog;

[TestFixtureSource(typeof(EventLogEngine), nameof(EventLogEngine.All))]
sealed class EventLogContractConcurrency(EventLogEngine engine) : EventLogContract(engine)
{
    const int Writers = 64;

    [Test]
    public async Task While_64_write_a_reader_sees_every_event_once_and_in_order()
    {
        const int AppendsEach = 25;
        const int Events = Writers * AppendsEach * 2;
        var start = await Log.Head(Deadline);
        await using var subscription = new Subscription(Log.Subscribe(start, Mine, Deadline));

        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => Write(writer, AppendsEach))));
        await subscription.UntilEvents(Events);
        await writing;

        var seen = subscription.Events.ToList();
        Assert.That(seen.Select(e => e.Position), Is.Ordered.And.Unique);
        Assert.That(Ids(seen), Is.EqualTo(Ids(await ReadAll(start))), "live, as the log has it");
        foreach (var stream in seen.GroupBy(e => e.Stream))
            Assert.That(stream.Select(e => e.Revision), Is.EqualTo(Enumerable.Range(0, stream.Count())));
    }

    [Test]
    public async Task Writers_of_one_stream_that_retry_lost_races_lose_no_event()
    {
        const int AppendsEach = 5;

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (var n = 0; n < AppendsEach; n++)
                await AppendAtHead();
        })));

        var there = await Read(Stream());
        Assert.That(there.Select(e => e.Revision), Is.EqualTo(Enumerable.Range(0, Writers * AppendsEach)));
        Assert.That(Ids(there), Is.Unique);
    }

    [Test]
    public async Task Conflicts_among_appends_that_come_at_once_harm_no_other()
    {
        const int Appends = 600;
        await Given(Stream("contended"), Events(3));

        var results = await Task.WhenAll(Enumerable.Range(0, Appends).Select(n => Task.Run(() => (n % 3) switch
        {
            0 => Append(Stream("contended"), ExpectedRevision.Exact(1), Events(1)),
            1 => Append(Stream($"{n}"), ExpectedRevision.Exists, Events(1)),
            _ => Append(Stream($"{n}"), ExpectedRevision.None, Events(2)),
        })));

        for (var n = 0; n < Appends; n++)
        {
            Assert.That(results[n], (n % 3) switch
            {
                0 => Is.EqualTo(new AppendResult.WrongExpectedRevision(ExpectedRevision.Exact(1), 2)),
                1 => Is.EqualTo(new AppendResult.WrongExpectedRevision(ExpectedRevision.Exists, -1)),
                _ => Is.InstanceOf<AppendResult.Appended>().With.Property("Revision").EqualTo(1),
            });
        }

        Assert.That(await ReadAll(), Has.Count.EqualTo(3 + (Appends / 3 * 2)));
    }

    [Test]
    public async Task Of_many_appends_to_the_same_revision_one_wins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(() => Append(Stream(), ExpectedRevision.None, Events(2)))));

        Assert.That(results.OfType<AppendResult.Appended>().Count(), Is.EqualTo(1));
        Assert.That(results.OfType<AppendResult.WrongExpectedRevision>().Select(r => r.Actual), Has.Exactly(Writers - 1).EqualTo(1));
        Assert.That(await Read(Stream()), Has.Count.EqualTo(2));
    }

    async Task Write(int writer, int appends)
    {
        // Half write streams of their own at exact revisions, half share one at whatever it is.
        var own = writer % 2 == 0;
        for (var n = 0; n < appends; n++)
        {
            var result = own
                ? await Append(Stream($"{writer}"), ExpectedRevision.Exact((n * 2) - 1), Events(2))
                : await Append(Stream("shared"), ExpectedRevision.Any, Events(2));
            Assert.That(result, Is.InstanceOf<AppendResult.Appended>());
        }
    }

    async Task AppendAtHead()
    {
        var at = -1L;
        while (await Append(Stream(), ExpectedRevision.Exact(at), Events(1)) is AppendResult.WrongExpectedRevision lost)
            at = lost.Actual;
    }
}
