namespace Commerce.Commands.Handling;

/// <summary>
/// Works on mailboxes that are ready, so many at once at most. A worker begins with a mailbox that finds fewer at work and ends when
/// none waits: none is idle, to be woken or to be ended.
/// </summary>
sealed class MailboxWorkers(int atOnceMax, Func<Mailbox, Task> work)
{
    readonly Lock _lock = new();
    readonly Queue<Mailbox> _ready = new();
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _atWork;
    bool _isClosed;

    /// <summary>Has it worked on in its turn; each holds a command that is not answered, which bounds them. False: no more are taken.</summary>
    public bool TryAdd(Mailbox mailbox)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return false;
            }

            if (_atWork == atOnceMax)
            {
                _ready.Enqueue(mailbox);
                return true;
            }

            _atWork++;
        }

        // Workers serve every caller: they must not carry on the trace of whoever came first.
        ThreadPool.UnsafeQueueUserWorkItem(static begin => _ = begin.Workers.Run(begin.Mailbox), (Workers: this, Mailbox: mailbox), preferLocal: false);
        return true;
    }

    /// <summary>Takes no more; ends when all that waited are worked on.</summary>
    public Task Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            if (_atWork == 0)
            {
                _ended.TrySetResult();
            }
        }

        return _ended.Task;
    }

    async Task Run(Mailbox first)
    {
        for (var mailbox = first; mailbox is not null; mailbox = Next())
        {
            await work(mailbox).ConfigureAwait(false);
        }
    }

    Mailbox? Next()
    {
        lock (_lock)
        {
            if (_ready.TryDequeue(out var next))
            {
                return next;
            }

            if (--_atWork == 0 && _isClosed)
            {
                _ended.TrySetResult();
            }

            return null;
        }
    }
}
