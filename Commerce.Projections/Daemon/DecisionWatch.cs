using Commerce.Domain.Log;

namespace Commerce.Projections.Daemon;

/// <summary>Looks now and then what people decided about one projection, and tells those who work for it in this process.</summary>
sealed class DecisionWatch(IProjection projection, IEventLog log, ProjectionOptions options, TimeProvider time) : IDisposable
{
    readonly Lock _lock = new();
    CancellationTokenSource _pause = new();
    TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Decisions _known = Decisions.None;

    /// <summary>As they were when somebody looked last.</summary>
    public Decisions Known
    {
        get
        {
            lock (_lock)
            {
                return _known;
            }
        }
    }

    /// <summary>Cancelled when the projection is paused.</summary>
    public CancellationToken Paused
    {
        get
        {
            lock (_lock)
            {
                return _pause.Token;
            }
        }
    }

    /// <summary>Ends with the next decision, or when somebody is nudged.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Looks until cancelled.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(options.DecisionPollInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (await Decisions.IsAnyAfter(Known.Revision, log, projection, cancellationToken))
                {
                    await Look(cancellationToken);
                }
            }
            catch (Exception e) when (e is EventLogException or OperationCanceledException)
            {
                // Nobody can decide either while the log is away.
            }
        }
    }

    /// <summary>Looks now.</summary>
    /// <exception cref="EventLogException">The log does not answer.</exception>
    public async Task<Decisions> Look(CancellationToken cancellationToken)
    {
        var read = await Decisions.Read(log, projection, cancellationToken);
        lock (_lock)
        {
            if (read.Revision > _known.Revision)
            {
                Take(read);
            }

            return _known;
        }
    }

    /// <summary>Waits for a decision after this one.</summary>
    public async Task After(long revision, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var changed = Changed;
            if (Known.Revision > revision)
            {
                return;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Has those who wait look again although nobody decided anything.</summary>
    public void Nudge()
    {
        lock (_lock)
        {
            Tell();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pause.Dispose();

    void Take(Decisions decisions)
    {
        var wasPaused = _known.IsPaused;
        _known = decisions;
        if (decisions.IsPaused && !wasPaused)
        {
            // What it stops runs elsewhere, not under the lock.
            _ = _pause.CancelAsync();
        }
        else if (wasPaused && !decisions.IsPaused)
        {
            _pause = new();
        }

        Tell();
    }

    void Tell()
    {
        var changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
