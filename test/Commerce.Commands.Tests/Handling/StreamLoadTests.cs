using Commerce.Commands.Handling;
using Microsoft.Extensions.Time.Testing;

namespace Commerce.Commands.Tests.Handling;

public sealed class StreamLoadTests
{
    readonly FakeTimeProvider _time = new();

    [Test]
    public void A_load_is_seen_in_its_first_second_and_in_the_one_after_it()
    {
        var load = new StreamLoad(_time);
        Come(load, times: 100, commands: 10, every: TimeSpan.FromMilliseconds(5));
        Assert.That(load.PerSecond, Is.EqualTo(1_000));

        Come(load, times: 2, commands: 1, every: TimeSpan.FromMilliseconds(600));
        Assert.That(load.PerSecond, Is.EqualTo(1_001));
    }

    [Test]
    public void Two_seconds_after_it_a_load_is_over()
    {
        var load = new StreamLoad(_time);
        Come(load, times: 1, commands: 5_000, every: TimeSpan.FromSeconds(2));
        Come(load, times: 1, commands: 1, every: TimeSpan.Zero);

        Assert.That(load.PerSecond, Is.EqualTo(1));
    }

    [Test]
    public void A_steady_load_counts_what_comes_in_a_second_however_few_come_at_once()
    {
        var load = new StreamLoad(_time);
        Come(load, times: 3_000, commands: 2, every: TimeSpan.FromMilliseconds(1));

        Assert.That(load.PerSecond, Is.EqualTo(2_000).Within(2));
    }

    void Come(StreamLoad load, int times, int commands, TimeSpan every)
    {
        for (var n = 0; n < times; n++)
        {
            load.Count(commands);
            _time.Advance(every);
        }
    }
}
