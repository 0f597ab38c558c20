using Commerce.Projections.Daemon;
using Microsoft.Extensions.Time.Testing;

namespace Commerce.Projections.Tests.Daemon;

/// <summary>What happens within a while is written together: the longer writing takes, the longer the while, unless somebody waits.</summary>
public sealed class BatchPaceTests
{
    static readonly ProjectionOptions Options = new()
    {
        ConnectionString = "unused",
        BatchInterval = TimeSpan.FromMilliseconds(200),
        BatchIntervalMax = TimeSpan.FromSeconds(1),
        BatchIntervalMin = TimeSpan.FromMilliseconds(20),
    };

    FakeTimeProvider _time;
    ProjectionSignals _signals;
    BatchPace _pace;

    [SetUp]
    public void SetUp()
    {
        (_time, _signals) = (new(), new());
        _pace = new(Options, _signals, _time);
    }

    [Test]
    public void What_comes_after_a_pause_does_not_wait()
    {
        Write(5);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.That(_pace.IsEarly, Is.False);
    }

    [TestCase(5, 200)]
    [TestCase(20, 200)]
    [TestCase(50, 500)]
    [TestCase(100, 1_000)]
    [TestCase(700, 1_000)]
    public void Transactions_begin_ten_times_as_far_apart_as_one_takes_within_bounds(int tookMs, int apartMs)
    {
        Write(tookMs);
        _time.Advance(TimeSpan.FromMilliseconds(apartMs - tookMs - 1));
        Assert.That(_pace.IsEarly, Is.True);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(_pace.IsEarly, Is.False);
    }

    [Test]
    public async Task Who_begins_to_wait_ends_the_pause()
    {
        Write(100);
        var gathering = _pace.Gather(CancellationToken.None);
        Assert.That(gathering.IsCompleted, Is.False);

        _signals.BeginWait();
        await gathering.WaitAsync(ReadModelWorld.Patience);
    }

    [Test]
    public async Task While_somebody_waits_the_pause_is_short()
    {
        _signals.BeginWait();
        Write(0);
        var gathering = _pace.Gather(CancellationToken.None);
        _time.Advance(Options.BatchIntervalMin);

        await gathering.WaitAsync(ReadModelWorld.Patience);
    }

    void Write(int tookMs)
    {
        _pace.Begin();
        _time.Advance(TimeSpan.FromMilliseconds(tookMs));
        _pace.End();
    }
}
