using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog;

/// <summary>Wakes everybody who waits for the log to grow.</summary>
sealed class AppendedSignal
{
    readonly Lock _lock = new();
    TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    LogPosition _known;

    /// <summary>Completes when the log grows next. Take it before looking at the log, so that no growth is missed.</summary>
    public Task Next
    {
        get
        {
            lock (_lock)
                return _next.Task;
        }
    }

    /// <summary>The log has grown up to this position. Told twice, it wakes once.</summary>
    public void Set(LogPosition position)
    {
        lock (_lock)
        {
            if (position <= _known)
                return;

            _known = position;
        }

        Wake();
    }

    /// <summary>The log may have grown.</summary>
    public void Wake()
    {
        TaskCompletionSource woken;
        lock (_lock)
        {
            woken = _next;
            _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        woken.SetResult();
    }
}
