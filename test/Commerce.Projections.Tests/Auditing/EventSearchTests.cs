using System.Text;
using Commerce.Domain.Log;
using Commerce.Projections.Auditing;
using Commerce.Testing.Logs;

namespace Commerce.Projections.Tests.Auditing;

/// <summary>Events are found in the whole log, on every engine, and never more is read for a page than it may be.</summary>
[TestFixture(LogEngine.InMemory)]
[TestFixture(LogEngine.Postgres)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class EventSearchTests(LogEngine engine)
{
    static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    LogForTests _log;
    EventSearch _search;

    [SetUp]
    public async Task Open()
    {
        _log = await LogForTests.Open(engine);
        _search = new(_log.Log);
    }

    [TearDown]
    public async Task Close()
    {
        _search.Dispose();
        await _log.DisposeAsync();
    }

    [Test]
    public async Task What_one_request_set_off_is_found_in_whatever_streams_it_is_and_nothing_else()
    {
        await Happen("order-1", ("a.v1", "one", 0));
        await Happen("stock-1", ("b.v1", "two", 1), ("b.v1", "one", 2));
        await Happen("payment-1", ("c.v1", "one-more", 3));

        var found = await _search.Page(new() { CorrelationId = "one" }, null, 10, default);

        Assert.That(found.Events.Select(e => (e.Stream.Value, e.Type)), Is.EqualTo(new[] { ("order-1", "a.v1"), ("stock-1", "b.v1") }));
        Assert.That(found.Next, Is.Null);
    }

    [TestCase("says \"so\"")]
    [TestCase("größer")]
    public async Task An_id_that_json_writes_in_several_ways_is_found_as_well(string id)
    {
        await Happen("order-1", ("a.v1", id, 0));

        Assert.That((await _search.Page(new() { CorrelationId = id }, null, 10, default)).Events, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Bounds_are_days_times_in_the_world_and_positions()
    {
        await Happen("order-1", ("a.v1", "x", 0), ("a.v1", "x", 24), ("b.v1", "x", 25), ("a.v1", "x", 48));
        var all = await Hours(new());
        var second = (await _search.Page(new(), null, 2, default)).Events[1].Position;

        Assert.That(all, Is.EqualTo(new[] { 0, 24, 25, 48 }));
        Assert.That(await Hours(new() { From = At("2026-03-02"), To = At("2026-03-02") }), Is.EqualTo(new[] { 24, 25 }));
        Assert.That(await Hours(new() { From = At("2026-03-02T13:00:00Z") }), Is.EqualTo(new[] { 25, 48 }));
        Assert.That(await Hours(new() { To = At("2026-03-02T12:00:00Z") }), Is.EqualTo(new[] { 0, 24 }));
        Assert.That(await Hours(new() { From = At($"position:{second}") }), Is.EqualTo(new[] { 25, 48 }));
        Assert.That(await Hours(new() { To = At($"position:{second}"), Type = "a.v1" }), Is.EqualTo(new[] { 0, 24 }));
    }

    [Test]
    public async Task Page_after_page_tells_each_of_them_once()
    {
        await Happen("order-1", [.. Enumerable.Range(0, 10).Select(n => (n % 2 == 0 ? "even.v1" : "odd.v1", "x", n))]);

        var (hours, after) = (new List<int>(), (LogPosition?)null);
        do
        {
            var page = await _search.Page(new() { Type = "odd.v1" }, after, 2, default);
            hours.AddRange(page.Events.Select(Hour));
            after = page.Next;
        }
        while (after is not null);

        Assert.That(hours, Is.EqualTo(new[] { 1, 3, 5, 7, 9 }));
    }

    [Test]
    public async Task No_more_is_read_than_a_page_holds_where_every_event_is_wanted()
    {
        await Happen("order-1", [.. Enumerable.Range(0, 20).Select(n => (n % 2 == 0 ? "even.v1" : "odd.v1", "x", n))]);
        var watched = new WatchedLog(_log.Log);
        using var search = new EventSearch(watched);

        var first = await search.Page(new(), null, 2, default);
        await search.Page(new() { To = At($"position:{first.Next}") }, null, 2, default);
        await search.Page(new() { From = At("2026-03-01") }, null, 2, default);
        await search.Page(new() { Type = "odd.v1" }, null, 2, default);

        Assert.That(watched.Asked, Is.EqualTo(new[] { 2, 2, int.MaxValue, int.MaxValue }));
    }

    [Test]
    public async Task A_page_ends_with_its_bytes()
    {
        var large = new string('x', EventSearch.PageBytesMax / 5);
        for (var n = 0; n < 8; n++)
        {
            await Happen("order-1", (large[..200] + ".v1", large, n));
        }

        var page = await _search.Page(new(), null, 100, default);

        Assert.That((page.Events.Count, page.Next), Is.EqualTo((5, page.Events[^1].Position)));
    }

    [Test]
    public async Task A_page_that_looks_through_much_says_how_far_it_came()
    {
        for (var n = 0; n < 3; n++)
        {
            await Task.WhenAll(Enumerable.Range(0, 10).Select(s => Happen($"bulk-{s}", [.. Enumerable.Repeat(("bulk.v1", "x", 0), 3_400)])));
        }

        await Happen("order-1", ("last.v1", "x", 1));

        var first = await _search.Page(new() { Type = "last.v1" }, null, 10, default);
        var second = await _search.Page(new() { Type = "last.v1" }, first.Next, 10, default);

        Assert.That((first.Events.Count, first.Next is not null), Is.EqualTo((0, true)));
        Assert.That((second.Events.Count, second.Next), Is.EqualTo((1, (LogPosition?)null)));
    }

    [Test]
    public void Only_so_many_search_at_once()
    {
        var turns = Enumerable.Range(0, EventSearch.SearchesMax).Select(_ => _search.Begin()).ToList();

        Assert.That(turns, Has.None.Null);
        Assert.That(_search.Begin(), Is.Null);
        turns[0]?.Dispose();
        turns[0]?.Dispose();
        Assert.That(_search.Begin(), Is.Not.Null);
        Assert.That(_search.Begin(), Is.Null, "a turn is given back once");
    }

    async Task<List<int>> Hours(EventQuery query)
    {
        var paged = (await _search.Page(query, null, EventSearch.LimitMax, default)).Events.Select(Hour).ToList();
        var all = new List<int>();
        await foreach (var e in _search.All(query, null, default))
        {
            all.Add(Hour(e));
        }

        Assert.That(all, Is.EqualTo(paged));
        return all;
    }

    static int Hour(RecordedEvent e) => (int)((EventMetadata.TryReadOccurredAt(e.Metadata) ?? default) - Noon).TotalHours;

    static Moment At(string moment) => Moment.Parse(moment, null);

    async Task Happen(string stream, params (string Type, string Correlation, int Hour)[] events)
    {
        NewEvent[] news = [.. events.Select(e => new NewEvent(
            Guid.NewGuid(), e.Type, Encoding.UTF8.GetBytes("{}"), new EventMetadata { OccurredAt = Noon.AddHours(e.Hour), CorrelationId = e.Correlation }.ToJson()))];
        Assert.That(await _log.Log.Append(StreamName.Parse(stream, null), ExpectedRevision.Any, news, default), Is.InstanceOf<AppendResult.Appended>());
    }

    /// <summary>Remembers how many events each reading of the whole log asked for.</summary>
    sealed class WatchedLog(IEventLog log) : IEventLog
    {
        public List<int> Asked { get; } = [];

        public Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken) =>
            log.Append(stream, expected, events, cancellationToken);

        public IAsyncEnumerable<RecordedEvent> ReadStream(StreamName stream, ReadDirection direction, long from, int count, CancellationToken cancellationToken) =>
            log.ReadStream(stream, direction, from, count, cancellationToken);

        public IAsyncEnumerable<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count, CancellationToken cancellationToken)
        {
            Asked.Add(count);
            return log.ReadAll(after, filter, count, cancellationToken);
        }

        public IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, CancellationToken cancellationToken) => log.Subscribe(after, filter, cancellationToken);

        public Task<LogPosition> Head(CancellationToken cancellationToken) => log.Head(cancellationToken);
    }
}
