namespace Commerce.Api.Admission;

/// <summary>
/// Claims that found no room, for a moment, in the order in which they came. Who comes again at once whatever it is told would take the processor
/// from those who are let in: so many are told in a second, and the more there are, the longer each is held, up to a limit.
/// </summary>
sealed class HeldRefusals : IDisposable
{
    /// <summary>How late somebody may be told. Whoever is to be told by then is told together.</summary>
    static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(10);

    readonly AdmissionOptions _options;
    readonly TimeProvider _time;
    readonly TimeSpan _apart;
    readonly TimeSpan _longest;
    readonly ITimer _ticks;
    readonly Lock _lock = new();
    readonly Queue<Held> _held = [];
    readonly long _began;
    TimeSpan _lastDue;
    bool _isTicking;

    /// <summary>None yet.</summary>
    /// <param name="options">How many, and how long.</param>
    /// <param name="time">The clock.</param>
    public HeldRefusals(AdmissionOptions options, TimeProvider time)
    {
        (_options, _time, _apart, _began) = (options, time, TimeSpan.FromSeconds(1) / options.SaleRefusalsPerSecond, time.GetTimestamp());
        _longest = options.SaleRefusalAfterMax > options.SaleRefusalAfter ? options.SaleRefusalAfterMax : options.SaleRefusalAfter;
        _ticks = time.CreateTimer(static held => ((HeldRefusals)held!).Tell(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many are held.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _held.Count;
            }
        }
    }

    // A clock that nobody sets.
    TimeSpan Now => _time.GetElapsedTime(_began);

    /// <summary>Ends when it is to be told; at once where too many are held.</summary>
    public Task Hold()
    {
        lock (_lock)
        {
            if (_held.Count >= _options.SaleRefusalsHeld)
            {
                return Task.CompletedTask;
            }

            var now = Now;
            var (soonest, latest) = (now + _options.SaleRefusalAfter, now + _longest);
            _lastDue = TimeSpan.FromTicks(Math.Clamp((_lastDue + _apart).Ticks, soonest.Ticks, latest.Ticks));
            var held = new Held(_lastDue, new(TaskCreationOptions.RunContinuationsAsynchronously));
            _held.Enqueue(held);
            if (!_isTicking)
            {
                _isTicking = true;
                _ticks.Change(TickEvery, TickEvery);
            }

            return held.Told.Task;
        }
    }

    /// <summary>Tells all of them.</summary>
    public void Dispose()
    {
        _ticks.Dispose();
        lock (_lock)
        {
            while (_held.TryDequeue(out var held))
            {
                held.Told.TrySetResult();
            }
        }
    }

    void Tell()
    {
        lock (_lock)
        {
            var now = Now;
            while (_held.TryPeek(out var first) && first.Due <= now)
            {
                _held.Dequeue().Told.TrySetResult();
            }

            if (_held.Count == 0 && _isTicking)
            {
                _isTicking = false;
                _ticks.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    readonly record struct Held(TimeSpan Due, TaskCompletionSource Told);
}
