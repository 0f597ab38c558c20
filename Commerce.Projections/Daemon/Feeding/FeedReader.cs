using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Commerce.Domain.Log;

namespace Commerce.Projections.Daemon.Feeding;

/// <summary>What one projection is fed with. Whatever feeds it, it gets each event after its position once, in order.</summary>
sealed class FeedReader(LogFeeds feeds, IProjection projection, LogPosition from, long aheadBytesMax) : IDisposable
{
    readonly Channel<LogStretch> _waiting = Channel.CreateUnbounded<LogStretch>();
    volatile TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    LogPosition _offered = from;
    long _bytes;
    long _events;
    volatile bool _isLast;
    long _takes;
    int _isLeftBehind;

    /// <summary>Whose it is.</summary>
    public IProjection Projection => projection;

    /// <summary>Everything up to here was taken.</summary>
    public LogPosition Reached { get; private set; } = from;

    /// <summary>Bytes of the events that wait.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether as much waits as may: the log is read on when some of it is taken.</summary>
    public bool IsAhead => Bytes >= aheadBytesMax;

    /// <summary>Ends when more is there, or no more comes.</summary>
    public Task More => _more.Task;

    /// <summary>How often something was taken.</summary>
    public long Takes => Volatile.Read(ref _takes);

    /// <summary>Ends when something is taken next.</summary>
    public Task Taken => _taken.Task;

    /// <summary>
    /// Whether what waits is worth a transaction: all that there is, or as much as one takes. As long as the log is known to hold more,
    /// a document that changes again in it is written once.
    /// </summary>
    public bool HasEnough(int eventsMax, long bytesMax) => _isLast || IsFull(eventsMax, bytesMax);

    /// <summary>Whether as much waits as one transaction takes.</summary>
    public bool IsFull(int eventsMax, long bytesMax) => Volatile.Read(ref _events) >= eventsMax || Bytes >= bytesMax;

    /// <summary>
    /// Takes what is there without waiting, up to the limits: one event when little happens, thousands under load.
    /// </summary>
    public bool TryTake(int eventsMax, long bytesMax, [NotNullWhen(true)] out EventBatch? batch)
    {
        var events = new List<LoggedEvent>();
        var (bytes, isAny) = (0L, false);
        while (events.Count < eventsMax && bytes < bytesMax && _waiting.Reader.TryRead(out var stretch))
        {
            isAny = true;
            Interlocked.Add(ref _bytes, -stretch.Bytes);
            Interlocked.Add(ref _events, -stretch.Events.Count);
            bytes += stretch.Bytes;
            Pick(stretch, events);
            Reached = stretch.Reached > Reached ? stretch.Reached : Reached;
        }

        if (isAny)
        {
            Interlocked.Increment(ref _takes);
            Interlocked.Exchange(ref _taken, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }

        batch = isAny ? new EventBatch(events, Reached, bytes) : null;
        return isAny;
    }

    /// <summary>Waits until there is something to take.</summary>
    /// <exception cref="EventLogException">The log cannot be read.</exception>
    public async Task Wait(CancellationToken cancellationToken)
    {
        // All that was there is taken: the others are elsewhere by now.
        if (_waiting.Reader.Count == 0 && Interlocked.Exchange(ref _isLeftBehind, 0) == 1)
        {
            feeds.Rejoin(this);
        }

        await _waiting.Reader.WaitToReadAsync(cancellationToken);
    }

    /// <summary>Wants no more.</summary>
    public void Dispose() => feeds.Leave(this);

    /// <summary>Adds a stretch; what it holds that was offered before is not taken again.</summary>
    internal void Offer(LogStretch stretch)
    {
        // That there is no more may be told after the last event.
        if (stretch.Reached > _offered || (stretch.IsLive && stretch.Reached == _offered))
        {
            _offered = stretch.Reached;
            Interlocked.Add(ref _bytes, stretch.Bytes);
            Interlocked.Add(ref _events, stretch.Events.Count);
            Put(stretch);
        }
    }

    /// <summary>Nothing more comes until it has taken what it holds.</summary>
    internal void LeftBehind()
    {
        Volatile.Write(ref _isLeftBehind, 1);

        // It may have taken all of it just now, and wait.
        Put(new LogStretch([], _offered, 0, IsLive: true));
    }

    /// <summary>After what it holds comes this.</summary>
    internal void Fail(Exception reason)
    {
        _waiting.Writer.TryComplete(reason);
        _isLast = true;
        Interlocked.Exchange(ref _more, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    void Put(LogStretch stretch)
    {
        _waiting.Writer.TryWrite(stretch);
        _isLast = stretch.IsLive;
        Interlocked.Exchange(ref _more, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    void Pick(LogStretch stretch, List<LoggedEvent> events)
    {
        foreach (var e in stretch.Events)
        {
            if (e.Recorded.Position > Reached && projection.Reads(e.Recorded))
            {
                events.Add(e);
            }
        }
    }
}
