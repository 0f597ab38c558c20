using System.Net;
using Commerce.Api.Admission;

namespace Commerce.Api.Tests.Admitting;

[TestFixture]
public sealed class ClientQuotaTests
{
    const int Burst = 100;

    const int PerSecond = 10;

    [Test]
    public void Of_all_who_ask_at_once_as_many_are_let_in_as_may_come_at_once()
    {
        var quota = new ClientQuota(Burst, PerSecond, new Clock());
        var letIn = 0;
        Parallel.For(0, 4 * Burst, _ => Interlocked.Add(ref letIn, Take(quota).IsIn ? 1 : 0));
        Assert.That(letIn, Is.EqualTo(Burst));
    }

    [Test]
    public void What_was_taken_comes_back_at_the_rate_and_no_more_than_may_come_at_once()
    {
        var clock = new Clock();
        var quota = new ClientQuota(Burst, PerSecond, clock);
        for (var n = 0; n < Burst; n++)
        {
            Assert.That(Take(quota), Is.EqualTo((true, Burst - 1L - n, TimeSpan.Zero)));
        }

        Assert.That(Take(quota), Is.EqualTo((false, 0L, TimeSpan.FromMilliseconds(100))));
        clock.Pass(TimeSpan.FromMilliseconds(300));
        Assert.That(Take(quota), Is.EqualTo((true, 2L, TimeSpan.Zero)), "three came back, one of them is taken");
        clock.Pass(TimeSpan.FromHours(1));
        Assert.That(Take(quota), Is.EqualTo((true, Burst - 1L, TimeSpan.Zero)));
    }

    [Test]
    public void One_client_takes_nothing_from_another()
    {
        var quota = new ClientQuota(1, PerSecond, new Clock());
        Assert.That((Take(quota).IsIn, Take(quota).IsIn), Is.EqualTo((true, false)));

        // One of them may share its quota with the first, by hash; hardly all.
        Assert.That(Enumerable.Range(2, 8).Select(n => Take(quota, $"192.0.2.{n}").IsIn), Has.Some.True);
    }

    static (bool IsIn, long Left, TimeSpan Wait) Take(ClientQuota quota, string client = "192.0.2.1") =>
        (quota.TryTake(Clients.BucketOf(IPAddress.Parse(client)), out var left, out var wait), left, wait);

    /// <summary>Stands still unless it is told otherwise.</summary>
    sealed class Clock : TimeProvider
    {
        long _now = TimeSpan.FromDays(1).Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Pass(TimeSpan time) => _now += time.Ticks;
    }
}
