using Commerce.Domain.Log;

namespace Commerce.Projections.Daemon.Feeding;

/// <summary>One reader of the log, ahead of the projections that it feeds by so many bytes at most.</summary>
/// <remarks>All that is not said to run by itself is called under the lock of <see cref="LogFeeds"/>.</remarks>
#pragma warning disable CA1001 // It lets go of what it stops with by itself, after its last read.
sealed class LogFeed(LogFeeds feeds, FeedOptions options, TimeProvider time, LogPosition from)
#pragma warning restore CA1001
{
    readonly CancellationTokenSource _stop = new();
    readonly Queue<LogStretch> _recent = [];
    readonly List<FeedReader> _readers = [];
    volatile FeedReader[] _fed = [];
    LogPosition _recentFrom = from;
    long _recentBytes;

    /// <summary>Who is fed.</summary>
    public IReadOnlyList<FeedReader> Readers => _fed;

    /// <summary>How far it has read.</summary>
    public LogPosition Reached { get; private set; } = from;

    /// <summary>Whether it still holds all that follows a position.</summary>
    public bool Holds(LogPosition position) => position >= _recentFrom && position <= Reached;

    /// <summary>Whether it comes to a position in a moment.</summary>
    public bool IsSoonAt(LogPosition position) => position > Reached && position.Value - Reached.Value <= options.WaitPositionsMax;

    /// <summary>Feeds a reader too, first with what it missed.</summary>
    public void Add(FeedReader reader)
    {
        foreach (var stretch in _recent)
        {
            reader.Offer(stretch);
        }

        _readers.Add(reader);
        _fed = [.. _readers];
    }

    /// <summary>Feeds a reader no more.</summary>
    public void Remove(FeedReader reader)
    {
        _readers.Remove(reader);
        _fed = [.. _readers];
    }

    /// <summary>Feeds nobody any more.</summary>
    public void Clear()
    {
        _readers.Clear();
        _fed = [];
    }

    /// <summary>Hands a stretch to everybody.</summary>
    public void Deliver(LogStretch stretch)
    {
        Reached = stretch.Reached;
        _recent.Enqueue(stretch);
        _recentBytes += stretch.Bytes;
        while (_recent.Count > 1 && _recentBytes > options.RecentBytesMax && _recent.TryDequeue(out var old))
        {
            _recentBytes -= old.Bytes;
            _recentFrom = old.Reached;
        }

        foreach (var reader in _fed)
        {
            reader.Offer(stretch);
        }
    }

    /// <summary>Begins to read, by itself.</summary>
    /// <returns>Ends when it has read its last; never fails.</returns>
    public Task Start(IEventLog log, StreamFilter filter) => Task.Run(() => Run(log, filter));

    /// <summary>Ends it. What waits for that runs elsewhere, not under the lock.</summary>
    public void Stop() => _ = _stop.CancelAsync();

    async Task Run(IEventLog log, StreamFilter filter)
    {
        try
        {
            await Read(log, filter);
            feeds.Ended(this, new EventLogUnavailableException("The subscription ended."));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Nobody is fed any more.
        }
#pragma warning disable CA1031 // Who is fed gets it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            feeds.Ended(this, e);
        }
        finally
        {
            _stop.Dispose();
        }
    }

    async Task Read(IEventLog log, StreamFilter filter)
    {
        var stretch = new StretchBuilder(options.StretchEventsMax, options.End, time);
        await using var messages = log.Subscribe(Reached, filter, _stop.Token).GetAsyncEnumerator(_stop.Token);
        while (true)
        {
            // What is there already belongs together; before a wait it is handed on.
            var next = messages.MoveNextAsync();
            if (!stretch.IsEmpty && (!next.IsCompleted || stretch.IsFull))
            {
                await Publish(stretch.Take());
            }

            if (!await next)
            {
                return;
            }

            if (stretch.Add(messages.Current))
            {
                await Publish(stretch.Take());
                await Task.Delay(Timeout.InfiniteTimeSpan, _stop.Token);
            }
        }
    }

    async Task Publish(LogStretch stretch)
    {
        foreach (var e in stretch.Events)
        {
            if (IsWanted(e.Recorded))
            {
                e.DecodeAhead();
            }
        }

        await Room();
        feeds.Published(this, stretch);
    }

    bool IsWanted(RecordedEvent recorded)
    {
        foreach (var reader in _fed)
        {
            if (reader.Projection.Reads(recorded))
            {
                return true;
            }
        }

        return false;
    }

    // Waits until nobody is too far behind. The slowest sets the pace, for reading once is what saves most; but not one that does
    // not move at all.
    async Task Room()
    {
        while (true)
        {
            var fed = _fed;
            var full = fed.Where(r => r.IsAhead).ToList();
            if (full.Count == 0)
            {
                return;
            }

            var takes = full.Select(r => r.Takes).ToList();
            try
            {
                await full[0].Taken.WaitAsync(options.PatienceMax, time, _stop.Token);
            }
            catch (TimeoutException)
            {
                var stuck = full.Where((r, n) => r.Takes == takes[n]).ToList();
                if (stuck.Count < fed.Length)
                {
                    feeds.LeaveBehind(this, stuck);
                }
            }
        }
    }
}

/// <summary>Gathers what a subscription tells at once.</summary>
sealed class StretchBuilder(int eventsMax, LogPosition? end, TimeProvider time)
{
    List<LoggedEvent> _events = [];
    LogPosition? _reached;
    long _bytes;
    bool _isLive;

    public bool IsEmpty => _reached is null;

    public bool IsFull => _events.Count >= eventsMax;

    /// <summary>Adds what is told, up to the end.</summary>
    /// <returns>Whether the end is there: nothing is to be read any more.</returns>
    public bool Add(LogMessage message)
    {
        if (end is { } last && PositionOf(message) is var position && position >= last)
        {
            if (position == last)
            {
                Gather(message);
            }

            (_reached, _isLive) = (last, true);
            return true;
        }

        Gather(message);
        return false;
    }

    static LogPosition PositionOf(LogMessage message) => message switch
    {
        LogMessage.Appeared { Event.Position: var position } => position,
        LogMessage.Reached { Position: var position } => position,
        LogMessage.CaughtUp { Position: var position } => position,
        _ => LogPosition.Start,
    };

    void Gather(LogMessage message)
    {
        switch (message)
        {
            case LogMessage.Appeared { Event: var e }:
                _events.Add(new LoggedEvent(e, ProjectionTelemetry.MayShow(e, time.GetUtcNow())));
                _bytes += e.Data.Length + e.Metadata.Length;
                _reached = e.Position;
                break;
            case LogMessage.Reached { Position: var position }:
                _reached = position;
                break;
            case LogMessage.CaughtUp { Position: var position }:
                _isLive = true;
                _reached = position;
                break;
            default:
                break;
        }
    }

    public LogStretch Take()
    {
        var stretch = new LogStretch(_events, _reached ?? throw new InvalidOperationException("Nothing was gathered."), _bytes, _isLive);
        (_events, _reached, _bytes) = ([], null, 0);
        return stretch;
    }
}
