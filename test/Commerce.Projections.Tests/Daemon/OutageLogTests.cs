using Commerce.Projections.Daemon;
using Microsoft.Extensions.Logging;

namespace Commerce.Projections.Tests.Daemon;

[TestFixture]
public sealed class OutageLogTests
{
    readonly Clock _time = new();

    [Test]
    public void An_outage_is_told_when_it_begins_once_a_minute_and_when_it_is_over()
    {
        var logger = new Lines();
        var outages = new OutageLog(_time, logger);
        outages.Lost("orders", new InvalidOperationException("It does not answer.", new IOException("Connection refused\nat once")));
        for (var seconds = 0; seconds < 130; seconds++)
        {
            outages.Lost("products", "gone");
            outages.Lost("orders", "gone");
            _time.Pass(TimeSpan.FromSeconds(1));
        }

        outages.Back("orders");
        Assert.That(logger, Has.Count.EqualTo(3), "One of them still has not got it.");
        outages.Back("products");
        outages.Back("products");

        Assert.That(logger, Is.EqualTo(new[]
        {
            "Warning: Projections lost the log or the read database, orders first, and try again until they have it: It does not answer. Connection refused",
            "Warning: 2 projections and rebuilds are without the log or the read database for 00:01:00 already: gone",
            "Warning: 2 projections and rebuilds are without the log or the read database for 00:02:00 already: gone",
            "Warning: Projections have the log and the read database again, after 00:02:10",
        }));
    }

    [Test]
    public void The_next_outage_is_told_again()
    {
        var logger = new Lines();
        var outages = new OutageLog(_time, logger);
        outages.Lost("orders", "gone");
        outages.Back("orders");
        outages.Lost("orders", "gone");
        Assert.That(logger, Has.Count.EqualTo(3));
    }

    /// <summary>Stands still unless it is told otherwise.</summary>
    sealed class Clock : TimeProvider
    {
        long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Pass(TimeSpan time) => _now += time.Ticks;
    }

    sealed class Lines : List<string>, ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Add($"{logLevel}: {formatter(state, exception)}{exception}");
    }
}
