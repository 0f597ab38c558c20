using Commerce.Simulation.Machinery;

namespace Commerce.Simulation.Servers;

/// <summary>A process leads until its lease is lost or given back.</summary>
sealed class Lease(Node node)
{
    Action? _onLost;

    /// <summary>Whether it belongs to a process that died.</summary>
    public bool IsOrphan => !node.IsUp;

    /// <summary>Whether it belongs to a process that stands still.</summary>
    public bool IsSilent => node.IsHanging;

    /// <summary>Calls back when it is lost.</summary>
    public void WhenLost(Action act) => _onLost = act;

    /// <summary>Another process may lead; its holder learns of it, if it lives.</summary>
    public void Lose() => node.IfUp(() => _onLost?.Invoke());
}

/// <summary>
/// Lets one process lead, as a database's lock does: it is free again a while after its holder died, and sometimes the
/// holder loses it without noticing at once, so that two lead.
/// </summary>
sealed class LeaderLock(Scheduler scheduler, Faults faults)
{
    static readonly TimeSpan AnswerAfter = TimeSpan.FromMilliseconds(2);
    static readonly TimeSpan NoticedMin = TimeSpan.FromSeconds(1);
    static readonly TimeSpan NoticedMax = TimeSpan.FromSeconds(3);
    static readonly TimeSpan LostWithin = TimeSpan.FromMinutes(1);

    readonly Queue<(Node Node, Action<Lease> Grant)> _waiting = [];
    Lease? _holder;

    /// <summary>A process that may lead; its lock is freed when it dies.</summary>
    public void Admit(Node node)
    {
        node.Died += () => scheduler.After(Noticed(), FreeOrphan);
        node.Hung += () => scheduler.After(Noticed(), LoseSilent);
    }

    /// <summary>Waits until this process leads.</summary>
    public Task<Lease> Acquire(Node node)
    {
        var granted = new TaskCompletionSource<Lease>();
        Wait((node, lease => node.After(AnswerAfter, () => granted.SetResult(lease))));
        return granted.Task;
    }

    void Wait((Node Node, Action<Lease> Grant) next)
    {
        _waiting.Enqueue(next);
        GrantNext();
    }

    /// <summary>Gives it back.</summary>
    public void Release(Lease lease)
    {
        if (_holder == lease)
        {
            _holder = null;
            GrantNext();
        }
    }

    void FreeOrphan()
    {
        if (_holder is { IsOrphan: true } orphan)
        {
            Release(orphan);
        }
    }

    void LoseSilent()
    {
        if (_holder is { IsSilent: true } silent)
        {
            Lose(silent);
        }
    }

    void GrantNext()
    {
        while (_holder is null && _waiting.TryDequeue(out var next))
        {
            if (!next.Node.IsUp)
            {
                continue;
            }

            if (next.Node.IsHanging)
            {
                next.Node.IfUp(() => Wait(next));
                continue;
            }

            var lease = _holder = new Lease(next.Node);
            next.Grant(lease);
            if (faults.Strikes(Fault.TwoLeaders))
            {
                scheduler.After(scheduler.Between(TimeSpan.Zero, LostWithin), () => Lose(lease));
            }
        }
    }

    // The connection is gone and the lock with it; its holder finds out later.
    void Lose(Lease lease)
    {
        scheduler.After(Noticed(), lease.Lose);
        Release(lease);
    }

    TimeSpan Noticed() => scheduler.Between(NoticedMin, NoticedMax);
}
