using System.Runtime.CompilerServices;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.Snapshots;
using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.Snapshots;

[TestFixture]
public sealed class UnhurriedLogTests
{
    static readonly StreamName Stream = StreamName.For("long", "1");
    static readonly TimeSpan Each = TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond / 100);

    [Test]
    public async Task Whoever_reads_rests_three_times_as_long_as_a_stretch_took_and_misses_nothing()
    {
        var time = new WorkedTime();
        var log = await LogOf(2_500, Each, time);

        Assert.That(await Revisions(new UnhurriedLog(log, time)), Is.EqualTo(Enumerable.Range(0, 2_500)));
        Assert.That(time.Rests, Is.EqualTo(new[] { TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(30) }));
    }

    [Test]
    public async Task Whoever_appends_rests_after_it()
    {
        var time = new WorkedTime();
        var log = await LogOf(0, TimeSpan.FromMilliseconds(7), time);

        var result = await new UnhurriedLog(log, time).Append(Stream, ExpectedRevision.Any, [Event()], CancellationToken.None);

        Assert.That(result, Is.InstanceOf<AppendResult.Appended>());
        Assert.That(time.Rests, Is.EqualTo(new[] { TimeSpan.FromMilliseconds(21) }));
    }

    [Test]
    public async Task Nobody_rests_longer_than_a_tenth_of_a_second()
    {
        var time = new WorkedTime();
        var log = await LogOf(1_000, TimeSpan.FromMilliseconds(1), time);

        await Revisions(new UnhurriedLog(log, time));

        Assert.That(time.Rests, Is.EqualTo(new[] { TimeSpan.FromMilliseconds(100) }));
    }

    static async Task<SlowLog> LogOf(int events, TimeSpan each, WorkedTime time)
    {
        var log = new InMemoryEventLog(TimeProvider.System);
        for (var n = 0; n < events; n++)
        {
            await log.Append(Stream, ExpectedRevision.Any, [Event()], CancellationToken.None);
        }

        return new(log, each, time);
    }

    static NewEvent Event() => new(Guid.NewGuid(), "thing-happened.v1", "{}"u8.ToArray(), default);

    static async Task<List<long>> Revisions(IEventLog log)
    {
        var revisions = new List<long>();
        await foreach (var recorded in log.ReadStream(Stream, ReadDirection.Forwards, 0, int.MaxValue, CancellationToken.None))
        {
            revisions.Add(recorded.Revision);
        }

        return revisions;
    }

    /// <summary>Time that passes when something is done, and at once when somebody rests.</summary>
    sealed class WorkedTime : TimeProvider
    {
        readonly List<TimeSpan> _rests = [];
        long _now;

        public IReadOnlyList<TimeSpan> Rests => _rests;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Work(TimeSpan time) => _now += time.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _rests.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    /// <summary>A log that takes its time for each event.</summary>
    sealed class SlowLog(IEventLog log, TimeSpan each, WorkedTime time) : IEventLog
    {
        public Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
        {
            time.Work(each * events.Count);
            return log.Append(stream, expected, events, cancellationToken);
        }

        public async IAsyncEnumerable<RecordedEvent> ReadStream(StreamName stream, ReadDirection direction, long from, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var recorded in log.ReadStream(stream, direction, from, count, cancellationToken))
            {
                time.Work(each);
                yield return recorded;
            }
        }

        public IAsyncEnumerable<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count, CancellationToken cancellationToken) => log.ReadAll(after, filter, count, cancellationToken);

        public IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, CancellationToken cancellationToken) => log.Subscribe(after, filter, cancellationToken);

        public Task<LogPosition> Head(CancellationToken cancellationToken) => log.Head(cancellationToken);
    }
}
