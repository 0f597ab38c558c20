using System.Text;
using Commerce.Commands.EventLog;
using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Commands.Tests.EventLog.Postgres;

[TestFixture]
sealed class PostgresEventLogLayoutTests
{
    static readonly int[] PageSizes = [1, 3, 1_000];

    [TestCaseSource(nameof(PageSizes)), CancelAfter(60_000)]
    public async Task A_stream_is_read_from_anywhere_in_its_appends_both_ways(int page, CancellationToken ct)
    {
        await using var database = await LogDatabase.Create(connection => new() { ConnectionString = connection, PageEventsMax = page });
        var held = new List<Guid>();
        foreach (var size in new[] { 1, 4, 2, 1, 1, 5 })
        {
            var events = Events(size);
            await database.Log.Append(Stream("read"), ExpectedRevision.Exact(held.Count - 1), events, ct);
            await database.Log.Append(Stream("beside"), ExpectedRevision.Any, Events(2), ct);
            held.AddRange(events.Select(e => e.Id));
        }

        foreach (var count in new[] { 1, 3, held.Count, int.MaxValue })
        {
            for (var from = 0; from <= held.Count + 1; from++)
            {
                Assert.That(await Read(database.Log, "read", ReadDirection.Forwards, from, count, ct), Is.EqualTo(held.Skip(from).Take(count)), $"{count} from {from}");
                Assert.That(await Read(database.Log, "read", ReadDirection.Backwards, from, count, ct), Is.EqualTo(held.Take(from + 1).Reverse().Take(count)), $"{count} back from {from}");
            }
        }

        Assert.That(await Read(database.Log, "read", ReadDirection.Forwards, long.MaxValue, int.MaxValue, ct), Is.Empty);
        Assert.That(await Read(database.Log, "read", ReadDirection.Backwards, long.MaxValue, int.MaxValue, ct), Is.EqualTo(held.AsEnumerable().Reverse()));
        Assert.That(await Read(database.Log, "none", ReadDirection.Backwards, long.MaxValue, 1, ct), Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public async Task An_append_of_a_hundred_events_is_one_row(CancellationToken ct)
    {
        await using var database = await LogDatabase.Create();
        for (var append = 0; append < 3; append++)
            await database.Log.Append(Stream("many"), ExpectedRevision.Exact((append * 100) - 1), Events(100), ct);

        Assert.That(await database.Ask<long>("select count(*) from log.appends", ct), Is.EqualTo(3));
        Assert.That(await database.Ask<long>("select count(*) from log.events where stream = 'layout-many'", ct), Is.EqualTo(300));
        Assert.That(await database.Ask<bool>("select bool_and(position = revision + 1) from log.events", ct), Is.True);
    }

    [Test, CancelAfter(60_000)]
    public async Task The_server_gathers_statistics_of_where_appends_stand_and_none_of_what_they_hold(CancellationToken ct)
    {
        await using var database = await LogDatabase.Create();
        for (var append = 0; append < 3; append++)
            await database.Log.Append(Stream("many"), ExpectedRevision.Exact((append * 100) - 1), Events(100), ct);

        await database.Execute("analyze log.appends", ct);

        Assert.That(
            await database.Ask<string>("select string_agg(attname, ' ' order by attname) from pg_stats where schemaname = 'log' and tablename = 'appends'", ct),
            Is.EqualTo("events id position recorded_at revision stream type"));
    }

    [CancelAfter(60_000)]
    [TestCase(false, TestName = "A log of the first layout keeps every event and goes on")]
    [TestCase(true, TestName = "A log of the second layout keeps every event and goes on")]
    public async Task A_log_of_an_older_layout_keeps_every_event_and_goes_on(bool isSecond, CancellationToken ct)
    {
        await using var older = await OlderLog.Create(ct);
        StreamAppend[] appends =
        [
            new(Stream("a"), ExpectedRevision.None, Events(3)),
            new(Stream("b"), ExpectedRevision.Any, Events(1)),
            new(Stream("a"), ExpectedRevision.Exists, Events(1)),
            new(Stream("c"), ExpectedRevision.None, Events(100)),
            new(Stream("a"), ExpectedRevision.Exact(3), Events(2)),
        ];
        AppendResult[] answers = [.. await older.Append(appends[..3], ct), .. await older.Append(appends[3..], ct)];
        if (isSecond)
            await older.BecomeTheSecondLayout(ct);
        await older.Execute("create view public.trail as select stream, data->>'n' as n from log.events_json", ct);
        var before = await older.Everything(ct);

        await using var log = await older.Open();

        Assert.That(await older.Everything(ct), Is.EqualTo(before));
        var everything = new List<RecordedEvent>();
        await foreach (var e in log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, ct))
            everything.Add(e);
        Assert.That(everything.Select(e => e.Position.Value), Is.EqualTo(Enumerable.Range(1, 107)));
        foreach (var stream in appends.GroupBy(a => a.Stream))
        {
            var ids = stream.SelectMany(a => a.Events).Select(e => e.Id).ToList();
            Assert.That(await Read(log, stream.Key.Id, ReadDirection.Forwards, 0, int.MaxValue, ct), Is.EqualTo(ids));
            Assert.That(await Read(log, stream.Key.Id, ReadDirection.Backwards, long.MaxValue, 2, ct), Is.EqualTo(ids.AsEnumerable().Reverse().Take(2)));
        }

        foreach (var (append, answer) in appends.Zip(answers))
        {
            Assert.That(await log.Append(append.Stream, append.Expected, append.Events, ct), Is.EqualTo(answer), "a repeat");
            Assert.That(await log.Append(append.Stream, ExpectedRevision.Any, append.Events, ct), Is.EqualTo(answer), "a repeat that names no place");
            Assert.That(await log.Append(append.Stream, ExpectedRevision.Any, [append.Events[0], .. Events(1)], ct), Is.InstanceOf<AppendResult.WrongExpectedRevision>(), "a repeat in part");
        }

        Assert.That(await log.Append(Stream("c"), ExpectedRevision.Exact(98), Events(1), ct), Is.EqualTo(new AppendResult.WrongExpectedRevision(ExpectedRevision.Exact(98), 99)));
        Assert.That(await log.Append(Stream("c"), ExpectedRevision.Exact(99), Events(2), ct), Is.EqualTo(new AppendResult.Appended(101, new LogPosition(109))));
        Assert.That(await older.Execute("select string_agg(n, '' order by n) from public.trail where stream = 'layout-a'", ct), Is.EqualTo("000112"), "auditors' views");
        Assert.CatchAsync<PostgresException>(() => older.Execute("delete from log.appends", ct));
    }

    [Test, CancelAfter(60_000)]
    public async Task Many_nodes_may_meet_a_log_of_the_older_layout_at_once(CancellationToken ct)
    {
        await using var older = await OlderLog.Create(ct);
        await older.Append([new(Stream("a"), ExpectedRevision.None, Events(3))], ct);
        var before = await older.Everything(ct);

        foreach (var log in await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(older.Open))))
            await log.DisposeAsync();

        Assert.That(await older.Everything(ct), Is.EqualTo(before));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_log_of_the_older_layout_stays_as_it_is_while_anything_else_stands_on_its_table(CancellationToken ct)
    {
        await using var older = await OlderLog.Create(ct);
        await older.Append([new(Stream("a"), ExpectedRevision.None, Events(3))], ct);
        await older.Execute("create view public.own as select position from log.events", ct);
        var before = await older.Everything(ct);

        var refused = Assert.ThrowsAsync<PostgresException>(older.Open);
        Assert.That(refused?.MessageText, Does.StartWith("The log is of an older layout and cannot be moved while"));
        Assert.That(await older.Everything(ct), Is.EqualTo(before));

        await older.Execute("drop view public.own", ct);
        await using var log = await older.Open();
        Assert.That(await older.Everything(ct), Is.EqualTo(before));
    }

    static async Task<List<Guid>> Read(PostgresEventLog log, string id, ReadDirection direction, long from, int count, CancellationToken ct)
    {
        var ids = new List<Guid>();
        await foreach (var e in log.ReadStream(Stream(id), direction, from, count, ct))
            ids.Add(e.Id);
        return ids;
    }

    static StreamName Stream(string id) => StreamName.For("layout", id);

    static NewEvent[] Events(int count) =>
        [.. Enumerable.Range(0, count).Select(n => new NewEvent(Guid.NewGuid(), "thing-happened.v1", Encoding.UTF8.GetBytes($$"""{"n":"{{n}}"}"""), default))];
}
