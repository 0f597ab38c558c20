using Commerce.Api.Cli;

namespace Commerce.Api.Tests.Cli;

[TestFixture]
sealed class InterruptionTests
{
    [Test]
    public void Signals_close_together_are_one_wish_and_a_later_one_ends_the_process()
    {
        var clock = new Clock();
        using var interruption = new Interruption(clock);

        Assert.That(interruption.Ask(), Is.True);
        Assert.That(interruption.Token.IsCancellationRequested);

        clock.Milliseconds = 10;
        Assert.That(interruption.Ask(), Is.True, "timeout(1) signals the command and its group");

        clock.Milliseconds = 5_000;
        Assert.That(interruption.Ask(), Is.False, "somebody is impatient");
    }

    sealed class Clock : TimeProvider
    {
        public long Milliseconds { get; set; }

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => Milliseconds;
    }
}
