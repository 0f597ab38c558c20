using System.Runtime.CompilerServices;
using Commerce.Domain.Log;
using Commerce.Projections.Timelines;
using Commerce.Testing.Logs;

namespace Commerce.Projections.Tests.Timelines;

/// <summary>A place in a stream is found by its position in the log, with few reads.</summary>
public sealed class StreamSearchTests
{
    static readonly StreamName Wanted = StreamName.For("stock", "wanted");
    static readonly StreamName Other = StreamName.For("stock", "other");

    LogForTests _log;
    CountedLog _counted;

    [SetUp]
    public async Task SetUp()
    {
        _log = await LogForTests.Open(LogEngine.InMemory);
        _counted = new(_log.Log);
    }

    [TearDown]
    public async Task TearDown() => await _log.DisposeAsync();

    [Test]
    public async Task Whatever_lies_between_them_the_first_event_after_each_position_is_found([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        for (var n = 0; n < 60; n++)
        {
            await Happen(random.Next(seed) == 0 ? Wanted : Other, random.Next(1, 6));
        }

        var positions = new List<long>();
        await foreach (var e in _log.Log.ReadStream(Wanted, ReadDirection.Forwards, 0, int.MaxValue, default))
        {
            positions.Add(e.Position.Value);
        }

        for (var after = 1L; after <= (await _log.Log.Head(default)).Value + 1; after++)
        {
            _counted.Reads = 0;
            var expected = positions.FindIndex(p => p > after);
            Assert.That(await StreamSearch.FirstAfter(_counted, Wanted, new LogPosition(after), default), Is.EqualTo(expected < 0 ? null : (long?)expected));
            Assert.That(_counted.Reads, Is.LessThanOrEqualTo(1 + (2 * (1 + long.Log2(positions.Count)))));
        }
    }

    [Test]
    public async Task In_a_stream_that_grows_as_the_log_does_a_place_is_found_with_far_fewer_reads_than_by_halving()
    {
        const int Rounds = 4_096;
        var random = new Random(1);
        for (var n = 0; n < Rounds; n++)
        {
            await Happen(Other, random.Next(1, 5));
            await Happen(Wanted, 1);
        }

        var head = (int)(await _log.Log.Head(default)).Value;
        for (var n = 0; n < 1_000; n++)
        {
            await StreamSearch.FirstAfter(_counted, Wanted, new LogPosition(random.Next(1, head)), default);
        }

        Assert.That(_counted.Reads / 1_000.0, Is.LessThan(0.6 * long.Log2(Rounds)));
    }

    [Test]
    public async Task Nobody_looks_for_the_beginning()
    {
        Assert.That(await StreamSearch.FirstAfter(_counted, Wanted, LogPosition.Start, default), Is.Zero);
        Assert.That(_counted.Reads, Is.Zero);
    }

    Task<AppendResult> Happen(StreamName stream, int count) =>
        _log.Log.Append(stream, ExpectedRevision.Any, [.. Enumerable.Range(0, count).Select(_ => new NewEvent(Guid.NewGuid(), "something-happened.v1", "{}"u8.ToArray(), default))], default);

    sealed class CountedLog(IEventLog log) : IEventLog
    {
        public int Reads { get; set; }

        public async IAsyncEnumerable<RecordedEvent> ReadStream(StreamName stream, ReadDirection direction, long from, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Reads++;
            await foreach (var e in log.ReadStream(stream, direction, from, count, cancellationToken))
            {
                yield return e;
            }
        }

        public Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<LogPosition> Head(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
