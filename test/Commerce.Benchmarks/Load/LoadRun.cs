using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Commerce.Benchmarks.Load;

/// <summary>Plays a plan. Its connections send and check on the thread that tells of their sockets; in an open loop another one begins what is due.</summary>
sealed class LoadRun
{
    /// <summary>How long the last answers are waited for.</summary>
    static readonly TimeSpan LastAnswersMax = TimeSpan.FromSeconds(40);

    /// <summary>How often is looked at what is due: in an open loop requests are begun in steps of that.</summary>
    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    /// <summary>The same in a closed loop, where only the first requests are begun so and the end is to be noticed.</summary>
    static readonly TimeSpan ClosedStep = TimeSpan.FromMilliseconds(20);

    readonly Lock _lock = new();
    readonly Stack<ILoadLane> _idle = new();
    readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly LoadPlan _plan;
    readonly AnswerCheck _check;
    readonly ILoadConnection[] _connections;
    readonly int _lanes;
    PhaseCount? _phase;
    long _number;

    LoadRun(LoadPlan plan)
    {
        (_plan, _check, _number) = (plan, new(plan.Answers), plan.FirstNumber);
        _connections = [.. Enumerable.Range(0, plan.Connections).Select(Connection)];
        _lanes = _connections.Sum(c => c.Lanes.Count);
    }

    /// <summary>Plays it.</summary>
    /// <exception cref="BenchmarkFailedException">An answer was not what it must be.</exception>
    public static async Task<LoadResult> Play(LoadPlan plan)
    {
        var run = new LoadRun(plan);
        try
        {
            return await run.Play();
        }
        finally
        {
            foreach (var connection in run._connections)
            {
                connection.Dispose();
            }
        }
    }

    /// <summary>Takes an answer.</summary>
    /// <returns>What the lane sends next; null: nothing for now.</returns>
    public NextRequest? Answered(ILoadLane lane, NextRequest request, long sentAt, HttpAnswer answer)
    {
        lock (_lock)
        {
            if (_check.CodeOf(answer, request.Phase.Path ?? lane.Path) is { } code)
            {
                request.Phase.Refuse(code, sentAt);
                if (code == _plan.Answers.EndingRefusal)
                {
                    request.Phase.CutShort();
                }
            }
            else
            {
                request.Phase.Accept(request.DueAt, sentAt);
            }

            return NextOf(lane);
        }
    }

    /// <summary>Takes an accepted answer of which only the id was looked at.</summary>
    /// <returns>What the lane sends next; null: nothing for now.</returns>
    public NextRequest? Answered(ILoadLane lane, NextRequest request, long sentAt, Guid id)
    {
        lock (_lock)
        {
            _check.Accept(id);
            request.Phase.Accept(request.DueAt, sentAt);
            return NextOf(lane);
        }
    }

    /// <summary>Ends the run with what went wrong.</summary>
    public void Fail(Exception exception) => _failed.TrySetException(exception);

    static RequestTemplate Template(LoadPlan plan, int path) => new(plan.Port, plan.Paths[path], plan.Body, plan.KeyPrefix, plan.Authorization);

    ILoadConnection Connection(int n) => _plan.Grpc is { } grpc
        ? new GrpcLoadConnection(this, grpc, _plan)
        : new LoadConnection(this, [.. Enumerable.Range(0, _plan.Paths.Count).Select(path => Template(_plan, path))], n % _plan.Paths.Count);

    NextRequest? NextOf(ILoadLane lane)
    {
        if (TakeDue() is { } next)
        {
            return next;
        }

        _idle.Push(lane);
        return null;
    }

    async Task<LoadResult> Play()
    {
        foreach (var connection in _connections)
        {
            connection.Connect(_plan.Port);
            foreach (var lane in connection.Lanes)
            {
                _idle.Push(lane);
            }
        }

        var before = Environment.CpuUsage.TotalTime;
        var phases = new List<PhaseCount>();
        foreach (var phase in _plan.Phases)
        {
            await Task.WhenAny(Task.Run(async () => phases.Add(await Pace(phase))), _failed.Task).Unwrap();
        }

        Begin(new(0, null));
        await Task.WhenAny(UntilIdle(), _failed.Task).Unwrap();
        var processor = Environment.CpuUsage.TotalTime - before;
        _check.DemandDistinctIds();
        if (_plan.AcknowledgedFile is { } file)
        {
            await File.WriteAllBytesAsync(file, MemoryMarshal.AsBytes([.. _check.Ids]).ToArray());
        }

        return new([.. phases.Select(p => p.Result())], _number, processor.TotalSeconds);
    }

    PhaseCount Begin(LoadPhase phase)
    {
        lock (_lock)
        {
            return _phase = new(phase, Stopwatch.GetTimestamp());
        }
    }

    // Also in a closed loop, which begins with every connection idle.
    async Task<PhaseCount> Pace(LoadPhase wanted)
    {
        using var steps = new PeriodicTimer(wanted.PerSecond is null ? ClosedStep : Step);
        var phase = Begin(wanted);
        while (Stopwatch.GetTimestamp() < phase.Ends && !_failed.Task.IsCompleted)
        {
            while (TakeIdle() is var (lane, next))
            {
                lane.Start(next);
            }

            await steps.WaitForNextTickAsync();
        }

        return phase;
    }

    (ILoadLane Lane, NextRequest Next)? TakeIdle()
    {
        lock (_lock)
        {
            return _idle.Count > 0 && TakeDue() is { } next ? (_idle.Pop(), next) : null;
        }
    }

    NextRequest? TakeDue()
    {
        var now = Stopwatch.GetTimestamp();
        if (_phase is not { } phase || now >= phase.Ends || phase.NextDueAt(now) is var dueAt && dueAt > now)
        {
            return null;
        }

        phase.Begin();
        var number = _number++;
        return new(_plan.NumbersMax is { } max ? number % max : number, dueAt, phase);
    }

    async Task UntilIdle()
    {
        var waiting = Stopwatch.GetTimestamp();
        while (!IsIdle())
        {
            if (Stopwatch.GetElapsedTime(waiting) > LastAnswersMax)
            {
                throw new BenchmarkFailedException($"Requests are not answered {LastAnswersMax.TotalSeconds} s after the last was sent.");
            }

            await Task.Delay(Step);
        }
    }

    bool IsIdle()
    {
        lock (_lock)
        {
            return _idle.Count == _lanes;
        }
    }
}
