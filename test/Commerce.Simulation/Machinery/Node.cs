namespace Commerce.Simulation.Machinery;

/// <summary>
/// One life of a process of the system. It may end between any two steps: then nothing of what it had under way goes on.
/// What it had sent off by then arrives all the same.
/// </summary>
sealed class Node(string name, Scheduler scheduler, Faults faults, Trace trace)
{
    static readonly TimeSpan StepMin = TimeSpan.FromMicroseconds(20);
    static readonly TimeSpan StepMax = TimeSpan.FromMilliseconds(2);

    public string Name { get; } = name;

    /// <summary>Whether it lives.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Told when it dies: others learn that the connection broke.</summary>
    public event Action? Died;

    /// <summary>Told of what went wrong in it although nothing may.</summary>
    public event Action<Exception>? Failed;

    /// <summary>Plans something that happens if it still lives then.</summary>
    public void After(TimeSpan delay, Action act) => scheduler.After(delay, () => IfUp(act));

    /// <summary>Does something now, if it still lives.</summary>
    public void IfUp(Action act)
    {
        if (IsUp)
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
            trace.Note(Name, $"dies before: {what}", of);
            IsUp = false;
            Died?.Invoke();
            return;
        }

        trace.Note(Name, what, of);
        act();
    }
}
