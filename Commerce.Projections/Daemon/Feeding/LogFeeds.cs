using Commerce.Domain.Log;

namespace Commerce.Projections.Daemon.Feeding;

/// <summary>
/// What the projections of this process read the log with: those that stand at about the same position share one reader, one that is
/// elsewhere has a reader of its own until it has come up to the others.
/// </summary>
/// <remarks>
/// Every reader asks the log for the streams of all projections of the process: one that joins finds nothing missing. So there are
/// never more readers than projections, and one when all are up to date.
/// </remarks>
sealed class LogFeeds(IEventLog log, IReadOnlyList<IProjection> projections, FeedOptions options, TimeProvider time) : IAsyncDisposable
{
    readonly Lock _lock = new();
    readonly List<LogFeed> _feeds = [];
    readonly List<Task> _running = [];
    readonly StreamFilter _filter = new([.. projections.SelectMany(p => p.Filter.Prefixes).Distinct()]);

    /// <summary>Readers that run now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _feeds.Count;
            }
        }
    }

    /// <summary>Gives a projection what follows its position.</summary>
    /// <param name="projection">Which.</param>
    /// <param name="position">Everything up to here it has.</param>
    /// <param name="aheadBytesMax">Bytes that wait for it at most, one stretch more or less; null: as <see cref="FeedOptions.AheadBytesMax"/> says.</param>
    public FeedReader Join(IProjection projection, LogPosition position, long? aheadBytesMax = null)
    {
        var reader = new FeedReader(this, projection, position, aheadBytesMax ?? options.AheadBytesMax);
        lock (_lock)
        {
            Seat(reader);
        }

        return reader;
    }

    /// <summary>Ends every reader; none is joined any more.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_lock)
        {
            _feeds.ForEach(f => f.Stop());
            _feeds.Clear();
            running = [.. _running];
        }

        await Task.WhenAll(running);
    }

    /// <summary>Gives a reader that was left behind, and has taken all it had, what follows.</summary>
    internal void Rejoin(FeedReader reader)
    {
        lock (_lock)
        {
            Seat(reader);
        }
    }

    /// <summary>The reader wants no more.</summary>
    internal void Leave(FeedReader reader)
    {
        lock (_lock)
        {
            foreach (var feed in _feeds.ToList())
            {
                feed.Remove(reader);
                StopIfEmpty(feed);
            }
        }
    }

    /// <summary>A feed has read more. Those who read it get it, and those who have come up to another feed go over to that.</summary>
    internal void Published(LogFeed feed, LogStretch stretch)
    {
        lock (_lock)
        {
            feed.Deliver(stretch);
            if (_feeds.Find(f => f != feed && f.Holds(feed.Reached)) is { } ahead)
            {
                foreach (var reader in feed.Readers)
                {
                    ahead.Add(reader);
                }

                feed.Clear();
                StopIfEmpty(feed);
            }
        }
    }

    /// <summary>These are too slow for the others: they read on by themselves when they have taken what they hold.</summary>
    internal void LeaveBehind(LogFeed feed, IReadOnlyList<FeedReader> slow)
    {
        lock (_lock)
        {
            foreach (var reader in slow)
            {
                feed.Remove(reader);
                reader.LeftBehind();
            }
        }
    }

    /// <summary>A feed cannot go on.</summary>
    internal void Ended(LogFeed feed, Exception reason)
    {
        lock (_lock)
        {
            _feeds.Remove(feed);
            foreach (var reader in feed.Readers)
            {
                reader.Fail(reason);
            }

            feed.Clear();
        }
    }

    void Seat(FeedReader reader)
    {
        var feed = _feeds.Find(f => f.Holds(reader.Reached)) ?? _feeds.Find(f => f.IsSoonAt(reader.Reached));
        if (feed is null)
        {
            feed = new LogFeed(this, options, time, reader.Reached);
            _feeds.Add(feed);
            feed.Add(reader);
            _running.RemoveAll(r => r.IsCompleted);
            _running.Add(feed.Start(log, _filter));
        }
        else
        {
            feed.Add(reader);
        }
    }

    void StopIfEmpty(LogFeed feed)
    {
        if (feed.Readers.Count == 0 && _feeds.Remove(feed))
        {
            feed.Stop();
        }
    }
}
