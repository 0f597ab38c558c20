namespace Commerce.Simulation.Machinery;

/// <summary>Virtual time as one process sees it: its timers die with it.</summary>
sealed class NodeTime(Node node, Scheduler scheduler) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => scheduler.Now;

    public override long GetTimestamp() => scheduler.Now.UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(node, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Fires once; nothing that runs in the simulation asks for more.</summary>
    sealed class Timer(Node node, Action fire) : ITimer
    {
        int _setting;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var setting = ++_setting;
            if (period > TimeSpan.Zero)
            {
                throw new NotSupportedException("A timer of the simulation fires once.");
            }

            if (dueTime >= TimeSpan.Zero)
            {
                node.After(dueTime, () =>
                {
                    if (setting == _setting)
                    {
                        node.GoOn("a timer fires", null, fire);
                    }
                });
            }

            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
