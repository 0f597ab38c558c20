namespace Commerce.Commands.Tests.Sagas;

/// <summary>The system's time, put forward: what is due in a month is due now, and whatever waits goes on in real time.</summary>
sealed class ShiftedTime : TimeProvider
{
    long _ticks;
    int _waits;

    /// <summary>How often anybody began to wait for it.</summary>
    public int Waits => Volatile.Read(ref _waits);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _ticks));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _waits);
        return System.CreateTimer(callback, state, dueTime, period);
    }

    public void Pass(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
}
