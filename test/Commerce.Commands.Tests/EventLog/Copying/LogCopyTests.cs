using System.Text;
using Commerce.Commands.EventLog;
using Commerce.Commands.EventLog.Copying;
using Commerce.Domain.Log;
using Commerce.Testing.Logs;

namespace Commerce.Commands.Tests.EventLog.Copying;

/// <summary>A log moves from engine to engine, whole, in order, and however often it is interrupted.</summary>
[TestFixture(LogEngine.InMemory, LogEngine.Postgres)]
[TestFixture(LogEngine.Postgres, LogEngine.InMemory)]
[TestFixture(LogEngine.Postgres, LogEngine.Postgres)]
[TestFixture(LogEngine.Postgres, LogEngine.EventStoreDb)]
[TestFixture(LogEngine.EventStoreDb, LogEngine.Postgres)]
public sealed class LogCopyTests(LogEngine from, LogEngine to)
{
    const int Seed = 20261124;

    LogForTests _source;
    LogForTests _target;

    [SetUp]
    public async Task Open() => (_source, _target) = (await LogForTests.Open(from), await LogForTests.Open(to));

    [TearDown]
    public async Task Close()
    {
        await _source.DisposeAsync();
        await _target.DisposeAsync();
    }

    [Test]
    public async Task Every_event_is_there_in_the_order_of_the_log_with_all_that_it_was()
    {
        await Fill(_source.Log, 700);

        var report = await Copy();

        var (original, copy) = (await All(_source.Log), await All(_target.Log));
        Assert.That(copy.Select(Content), Is.EqualTo(original.Select(Content)));
        Assert.That(copy.Select(e => e.Position), Is.Ordered.And.Unique);
        Assert.That((report.Copied, report.Found, report.Digest.Events, report.HasGrown), Is.EqualTo(((long)original.Count, 0L, (long)original.Count, false)));
    }

    [Test]
    public async Task The_time_of_the_source_goes_along_and_that_of_a_copys_copy_is_the_first()
    {
        await Fill(_source.Log, 5);
        await Copy();
        await using var further = await LogForTests.Open(LogEngine.InMemory);
        await new LogCopy(_target.Log, further.Log).Run(null, default);

        var (original, copy) = (await All(_source.Log), await All(further.Log));
        Assert.That(
            copy.Select(e => Text(e.Metadata)),
            Is.EqualTo(original.Select(e => Text(CopiedMetadata.With(e.Metadata, e.RecordedAt)))));
        Assert.That(copy.Select(e => EventMetadata.TryRead(e.Metadata)?.Actor), Is.All.EqualTo("test"));
    }

    [Test]
    public async Task A_copy_that_is_cut_short_again_and_again_goes_on_until_it_is_whole()
    {
        await Fill(_source.Log, 1_500);
        var (copied, cuts) = (0L, 0);
        while (true)
        {
            // Each run gets a little further: into comparing, copying, verifying.
            using var cut = new CancellationTokenSource();
            var words = cuts + 1;
            try
            {
                var report = await new LogCopy(_source.Log, _target.Log).Run(new Told(_ => Cut(cut, ref words)), cut.Token);
                Assert.That(report.Found + report.Copied, Is.EqualTo(report.Digest.Events));
                break;
            }
            catch (OperationCanceledException)
            {
                var held = (await All(_target.Log)).Count;
                Assert.That(held, Is.GreaterThanOrEqualTo(copied), "what was copied stays");
                (copied, cuts) = (held, cuts + 1);
            }
        }

        Assert.That(cuts, Is.GreaterThan(10));
        Assert.That((await All(_target.Log)).Select(Content), Is.EqualTo((await All(_source.Log)).Select(Content)));
    }

    [Test]
    public async Task A_second_copy_finds_all_of_it_there_and_takes_only_what_is_new()
    {
        await Fill(_source.Log, 20);
        var first = await Copy();
        var second = await Copy();
        await Fill(_source.Log, 10);
        var third = await Copy();

        Assert.That((second.Found, second.Copied, second.Digest), Is.EqualTo((first.Copied, 0L, first.Digest)));
        Assert.That((third.Found, third.Found + third.Copied), Is.EqualTo((first.Copied, third.Digest.Events)));
    }

    [Test]
    public async Task What_another_log_on_the_sources_server_takes_meanwhile_is_no_event_of_the_source()
    {
        var source = new PrefixedEventLog(_source.Log, StreamPrefix.Parse("mine.", null));
        await Fill(source, 700);
        var report = await new LogCopy(source, _target.Log).Run(new Told(_ => Append(_source.Log, StreamName.Parse("theirs-1", null), 1, new Random(Seed)).GetAwaiter().GetResult()), default);
        Assert.That((report.HasGrown, await _source.Log.Head(default) > report.Head), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task What_the_source_takes_meanwhile_is_left_for_the_next_copy()
    {
        await Fill(_source.Log, 700);
        var before = (await All(_source.Log)).Count;
        var grown = 0;
        var report = await new LogCopy(_source.Log, _target.Log).Run(
            new Told(_ =>
            {
                if (Interlocked.Exchange(ref grown, 1) == 0)
                    Append(_source.Log, StreamName.Parse("late-1", null), 1, new Random(Seed)).GetAwaiter().GetResult();
            }),
            default);

        Assert.That((report.HasGrown, report.Digest.Events), Is.EqualTo((true, (long)before)));
        Assert.That((await Copy()).Copied, Is.EqualTo(1));
    }

    [Test]
    public async Task A_target_that_holds_something_else_is_refused_and_left_as_it_is()
    {
        await Fill(_source.Log, 20);
        await Append(_target.Log, StreamName.Parse("other-1", null), 2, new Random(Seed));

        var refused = Assert.ThrowsAsync<LogCopyException>(() => Copy());

        Assert.That(refused?.Message, Does.Contain("something else").And.Contain("other-1").And.Not.Contain("\n"));
        Assert.That(await All(_target.Log), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_target_that_went_on_by_itself_is_refused()
    {
        await Fill(_source.Log, 20);
        await Copy();
        await Append(_target.Log, StreamName.Parse("other-1", null), 1, new Random(Seed));

        Assert.That(Assert.ThrowsAsync<LogCopyException>(() => Copy())?.Message, Does.Contain("more than the source"));
    }

    [Test]
    public async Task Events_as_large_as_an_append_may_be_are_copied_too()
    {
        var most = new NewEvent(Guid.NewGuid(), "big-thing.v1", new byte[IEventLog.AppendBytesMax - (2 * "big-thing.v1".Length) - 2], "{}"u8.ToArray());
        await _source.Log.Append(StreamName.Parse("big-1", null), ExpectedRevision.None, [most], default);
        await Append(_source.Log, StreamName.Parse("big-1", null), 3, new Random(Seed));

        await Copy();

        Assert.That((await All(_target.Log)).Select(Content), Is.EqualTo((await All(_source.Log)).Select(Content)));
    }

    Task<LogCopyReport> Copy() => new LogCopy(_source.Log, _target.Log).Run(null, default);

    static void Cut(CancellationTokenSource cut, ref int words)
    {
        if (--words == 0)
            cut.Cancel();
    }

    // Streams that take turns, with runs of a stream and with single events; the same ids in two streams, as the port allows.
    static async Task Fill(IEventLog log, int appends)
    {
        var random = new Random(Seed + appends);
        var shared = Event(random);
        await log.Append(StreamName.Parse($"twin-a{appends}", null), ExpectedRevision.None, [shared], default);
        await log.Append(StreamName.Parse($"twin-b{appends}", null), ExpectedRevision.None, [shared], default);
        for (var n = 0; n < appends; n++)
            await Append(log, StreamName.Parse($"thing-{random.Next(20)}", null), random.Next(1, 4), random);
    }

    static async Task Append(IEventLog log, StreamName stream, int events, Random random) =>
        await log.Append(stream, ExpectedRevision.Any, [.. Enumerable.Range(0, events).Select(_ => Event(random))], default);

    static NewEvent Event(Random random) => new(
        Guid.NewGuid(), $"thing-{random.Next(5)}.v1", Encoding.UTF8.GetBytes($$"""{"n":{{random.Next()}}, "text":"Ünï–🛒"}"""), """{"occurredAt":"2026-01-01T00:00:00Z","actor":"test"}"""u8.ToArray());

    static async Task<List<RecordedEvent>> All(IEventLog log)
    {
        var events = new List<RecordedEvent>();
        await foreach (var e in log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, default))
            events.Add(e);

        return events;
    }

    static object Content(RecordedEvent e) => (e.Stream, e.Revision, e.Id, e.Type, Text(e.Data), Text(CopiedMetadata.Without(e.Metadata)));

    static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    sealed class Told(Action<LogCopyProgress> told) : IProgress<LogCopyProgress>
    {
        public void Report(LogCopyProgress value) => told(value);
    }
}
