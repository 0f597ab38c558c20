using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.EventLog;

[TestFixtureSource(typeof(EventLogEngine), nameof(EventLogEngine.All))]
sealed class EventLogContractReading(EventLogEngine engine) : EventLogContract(engine)
{
    // 20 events: the Postgres engine under test turns a page every 7.
    [TestCase(ReadDirection.Forwards, 0, int.MaxValue, 0, 20)]
    [TestCase(ReadDirection.Forwards, 0, 20, 0, 20)]
    [TestCase(ReadDirection.Forwards, 0, 14, 0, 14)]
    [TestCase(ReadDirection.Forwards, 5, 9, 5, 9)]
    [TestCase(ReadDirection.Forwards, 19, 10, 19, 1)]
    [TestCase(ReadDirection.Forwards, 20, 10, 20, 0)]
    [TestCase(ReadDirection.Forwards, long.MaxValue, 10, 20, 0)]
    [TestCase(ReadDirection.Forwards, 3, 0, 3, 0)]
    [TestCase(ReadDirection.Backwards, long.MaxValue, int.MaxValue, 19, 20)]
    [TestCase(ReadDirection.Backwards, long.MaxValue, 3, 19, 3)]
    [TestCase(ReadDirection.Backwards, 19, 20, 19, 20)]
    [TestCase(ReadDirection.Backwards, 10, 9, 10, 9)]
    [TestCase(ReadDirection.Backwards, 0, 10, 0, 1)]
    public async Task A_stream_is_read_in_ranges_both_ways(ReadDirection direction, long from, int count, int first, int events)
    {
        var written = Events(20);
        await Given(Stream(), written[..11]);
        await Given(Stream("2"), Events(5));
        await Given(Stream(), written[11..]);

        var read = await Read(Stream(), direction, from, count);

        var revisions = Enumerable.Range(0, events).Select(n => direction == ReadDirection.Forwards ? first + n : first - n).ToArray();
        Assert.That(read.Select(e => e.Revision), Is.EqualTo(revisions));
        Assert.That(Ids(read), Is.EqualTo(revisions.Select(r => written[r].Id)));
    }

    [TestCase(ReadDirection.Forwards, 0)]
    [TestCase(ReadDirection.Backwards, long.MaxValue)]
    public async Task A_stream_that_is_not_there_holds_nothing(ReadDirection direction, long from) =>
        Assert.That(await Read(Stream(), direction, from), Is.Empty);

    [Test]
    public async Task The_whole_log_is_read_in_the_order_of_its_positions_up_to_a_count()
    {
        var start = await Log.Head(Deadline);
        var written = Enumerable.Range(0, 30).SelectMany(_ => Events(1)).ToArray();
        for (var n = 0; n < written.Length; n++)
            await Given(Stream($"{n % 4}"), written[n]);

        var all = await ReadAll(start);
        Assert.That(Ids(all), Is.EqualTo(Ids(written)));
        Assert.That(all.Select(e => e.Position), Is.Ordered.And.Unique);

        Assert.That(await ReadAll(start, count: 12), Is.EqualTo(all[..12]).Using<RecordedEvent>(Same));
        Assert.That(await ReadAll(all[11].Position), Is.EqualTo(all[12..]).Using<RecordedEvent>(Same));
        Assert.That(await ReadAll(all[^1].Position), Is.Empty);
        Assert.That(await ReadAll(start, count: 0), Is.Empty);
        Assert.That(await Log.Head(Deadline), Is.GreaterThanOrEqualTo(all[^1].Position));
    }

    [Test]
    public async Task A_filter_lets_through_the_streams_that_begin_with_one_of_its_prefixes()
    {
        var start = await Log.Head(Deadline);
        string[] ids = ["apple-1", "apricot", "banana", "Apple", "ap%le"];
        for (var n = 0; n < 50; n++)
            await Given(Stream(ids[n % ids.Length]), Events(1));

        Assert.That(await Streams("ap"), Is.EquivalentTo(new[] { "apple-1", "apricot", "ap%le" }));
        Assert.That(await Streams("app", "b"), Is.EquivalentTo(new[] { "apple-1", "banana" }));
        Assert.That(await Streams("ap%"), Is.EquivalentTo(new[] { "ap%le" }));
        Assert.That(await Streams("nothing"), Is.Empty);
        Assert.That((await ReadAll(start, StreamFilter.All)).Count, Is.GreaterThanOrEqualTo(50), "no prefix: every stream");
        Assert.That(await ReadAll(start, Prefixes("banana"), 3), Has.Count.EqualTo(3));

        StreamFilter Prefixes(params string[] prefixes) => new([.. prefixes.Select(p => $"{Category}-{p}")]);
        async Task<string[]> Streams(params string[] prefixes)
        {
            var found = (await ReadAll(start, Prefixes(prefixes))).GroupBy(e => e.Stream.Id).ToArray();
            Assert.That(found.Select(g => g.Count()), Is.All.EqualTo(10));
            return [.. found.Select(g => g.Key)];
        }
    }

    [Test]
    public async Task A_read_that_is_cancelled_on_its_way_ends_as_cancelled()
    {
        await Given(Stream(), Events(20));
        using var cancel = new CancellationTokenSource();
        var read = 0;

        Assert.CatchAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Log.ReadStream(Stream(), ReadDirection.Forwards, 0, int.MaxValue, cancel.Token))
            {
                if (++read == 3)
                    await cancel.CancelAsync();
            }
        });
        Assert.That(read, Is.LessThan(20));
    }

    static bool Same(RecordedEvent a, RecordedEvent b) => (a.Position, a.Id, a.Stream, a.Revision) == (b.Position, b.Id, b.Stream, b.Revision);
}
