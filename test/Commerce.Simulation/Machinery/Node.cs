namespace Commerce.Simulation.Machinery;

/// <summary>
/// One life of a process of the system. It may end between any two steps: then nothing of what it had under way goes on.
/// What it had sent off by then arrives all the same. Or it stands still there, and goes on when others are long done.
/// </summary>
sealed class Node(string name, Scheduler scheduler, Faults faults, Trace trace)
{
    static readonly TimeSpan StepMin = TimeSpan.FromMicroseconds(20);
    static readonly TimeSpan StepMax = TimeSpan.FromMilliseconds(2);
    static readonly TimeSpan HangMin = TimeSpan.FromSeconds(1);
    static readonly TimeSpan HangMax = TimeSpan.FromMinutes(1);

    /// <summary>What stood still for long is often ended just when it goes on: by who watches over it, or by what it finds.</summary>
    const double EndsWokenShare = 0.5;

    static readonly TimeSpan EndsWithin = TimeSpan.FromMilliseconds(50);

    DateTimeOffset _awakeAt;

    public string Name { get; } = name;

    /// <summary>Whether it lives.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Whether it lives and stands still.</summary>
    public bool IsHanging => IsUp && scheduler.Now < _awakeAt;

    /// <summary>Told when it dies: others learn that the connection broke.</summary>
    public event Action? Died;

    /// <summary>Told when it begins to stand still: others learn after a while.</summary>
    public event Action? Hung;

    /// <summary>Told of what went wrong in it although nothing may.</summary>
    public event Action<Exception>? Failed;

    /// <summary>Plans something that happens if it still lives then.</summary>
    public void After(TimeSpan delay, Action act) => scheduler.After(delay, () => IfUp(act));

    /// <summary>Does something now, if it still lives; when it goes on, if it stands still.</summary>
    public void IfUp(Action act)
    {
        if (IsHanging)
        {
            scheduler.After(_awakeAt - scheduler.Now, () => IfUp(act));
        }
        else if (IsUp)
        {
            act();
        }
    }

    /// <summary>Runs something beside what it does already.</summary>
    public async void Run(Func<Task> run)
    {
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Failed?.Invoke(e);
        }
    }

    /// <summary>Ends after so long, if it still lives.</summary>
    public Task Pause(TimeSpan time)
    {
        var over = new TaskCompletionSource();
        After(time, over.SetResult);
        return over.Task;
    }

    /// <summary>From one step to the next: here it may die.</summary>
    /// <param name="what">The step that it comes to.</param>
    /// <param name="of">What with; put into words only where somebody reads them.</param>
    public Task Step(string what, object? of = null)
    {
        var over = new TaskCompletionSource();
        After(scheduler.Between(StepMin, StepMax), () => GoOn(what, of, over.SetResult));
        return over.Task;
    }

    /// <summary>Goes on with what it waited for, unless it dies here.</summary>
    public void GoOn(string what, object? of, Action act)
    {
        if (faults.Strikes(Fault.Crash))
        {
            Die($"dies before: {what}", of);
            return;
        }

        if (faults.Strikes(Fault.Hang))
        {
            Hang(what, of);
        }

        IfUp(() =>
        {
            trace.Note(Name, what, of);
            act();
        });
    }

    void Hang(string before, object? of)
    {
        trace.Note(Name, $"stands still before: {before}", of);
        var time = scheduler.Between(HangMin, HangMax);
        _awakeAt = scheduler.Now + time;
        Hung?.Invoke();
        if (scheduler.Random.NextDouble() < EndsWokenShare)
        {
            After(time + scheduler.Between(TimeSpan.Zero, EndsWithin), () => Die("dies, just awake", null));
        }
    }

    void Die(string how, object? of)
    {
        trace.Note(Name, how, of);
        IsUp = false;
        Died?.Invoke();
    }
}
