namespace Commerce.Commands.Tests.Sagas;

/// <summary>The system's time, put forward: what is due in a month is due now, and whatever waits goes on in real time.</summary>
sealed class ShiftedTime : TimeProvider
{
    long _ticks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _ticks));

    public void Pass(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
}
