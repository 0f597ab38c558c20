namespace Commerce.Commands.Handling;

/// <summary>Counts the commands that are in and not answered yet; refuses more than a limit, or all once closed.</summary>
sealed class Door(int unansweredMax)
{
    readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _unanswered;
    volatile bool _closed;

    public int Unanswered => Volatile.Read(ref _unanswered);

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _unanswered) <= unansweredMax && !_closed)
        {
            CommandTelemetry.Entered();
            return true;
        }

        CountOut();
        return false;
    }

    public void Leave()
    {
        CommandTelemetry.Left();
        CountOut();
    }

    /// <summary>Lets nobody in any more; ends when the last one has left.</summary>
    public Task Close()
    {
        _closed = true;
        Interlocked.MemoryBarrier();
        if (Unanswered == 0)
        {
            _empty.TrySetResult();
        }

        return _empty.Task;
    }

    void CountOut()
    {
        if (Interlocked.Decrement(ref _unanswered) == 0 && _closed)
        {
            _empty.TrySetResult();
        }
    }
}
