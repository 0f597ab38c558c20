namespace Commerce.Simulation.Machinery;

/// <summary>
/// All that happens, one thing after another on one thread: what is due earliest comes first, and of what is due at once what
/// was planned first. Time jumps from one to the next. Every choice comes from one source of chance, so a seed is a run.
/// </summary>
sealed class Scheduler(int seed)
{
    /// <summary>When every run begins.</summary>
    public static readonly DateTimeOffset Begin = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    readonly PriorityQueue<Action, (long Due, long Turn)> _planned = new();
    readonly int _thread = Environment.CurrentManagedThreadId;
    long _turns;

    /// <summary>The run's only source of chance.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>Virtual time.</summary>
    public DateTimeOffset Now { get; private set; } = Begin;

    /// <summary>Things that have happened.</summary>
    public long Happened { get; private set; }

    /// <summary>Plans something.</summary>
    /// <exception cref="InvalidOperationException">Something runs on a thread of its own: the run could not be replayed.</exception>
    public void After(TimeSpan delay, Action act)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException("A step of the simulation ran on another thread.");
        }

        _planned.Enqueue(act, ((Now + delay).UtcTicks, _turns++));
    }

    /// <summary>Lets everything happen that is due until then.</summary>
    public void RunUntil(DateTimeOffset end)
    {
        while (_planned.TryPeek(out var act, out var key) && key.Due <= end.UtcTicks)
        {
            _planned.Dequeue();
            Now = new DateTimeOffset(key.Due, TimeSpan.Zero);
            Happened++;
            act();
        }

        Now = end;
    }

    /// <summary>A length of time between these two.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan most) => least + ((most - least) * Random.NextDouble());

    /// <summary>An id that nothing else has.</summary>
    public Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
