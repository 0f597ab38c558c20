using System.Runtime.InteropServices;
using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>
/// The newest events of the log, kept for whoever follows it: they are read from the server once and told to all followers of
/// this process, however many there are. Who is further behind reads its own pages until it gets here.
/// </summary>
sealed class LogTail(LogPages pages, PostgresEventLogOptions options) : IAsyncDisposable
{
    readonly Lock _lock = new();
    readonly CancellationTokenSource _stopping = new();

    // What is kept begins at _first: what lies before it is dropped now and then.
    readonly List<RecordedEvent> _events = [];
    int _first;
    LogPosition? _from;
    LogPosition _reached;
    LogPosition _head;
    long _bytes;
    Task? _reading;
    long _begun;
    long _done;

    /// <summary>The next page that passes the filter, as new as the call at least.</summary>
    public async Task<LogPage> Next(LogPosition after, StreamFilter filter, CancellationToken cancellationToken)
    {
        long? asked = null;
        while (true)
        {
            Task reading;
            lock (_lock)
            {
                if (!IsNear(after))
                    break;

                // A reading that was under way when this was asked may be older than what its caller knows of.
                asked ??= _begun;
                if (after < _reached || _done > asked)
                    return Page(after, filter);

                reading = _reading ??= Begin();
            }

            await reading.WaitAsync(cancellationToken);
        }

        var page = await pages.Next(after, filter, long.MaxValue, cancellationToken);
        lock (_lock)
        {
            if (page.Reached >= page.Head && !IsNear(page.Reached))
                StartAt(page.Reached);
        }

        return page;
    }

    /// <summary>Gives up what is being read.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Task? reading;
        lock (_lock)
            reading = _reading;

        await (reading ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    // Also a little ahead: one who read its own pages until it passed what is kept.
    bool IsNear(LogPosition after) => _from is { } from && after >= from && after.Value - _reached.Value <= options.PageEventsMax;

    void StartAt(LogPosition position)
    {
        _events.Clear();
        (_first, _from, _reached, _head, _bytes) = (0, position, position, position, 0);
    }

    Task Begin()
    {
        var (number, from) = (++_begun, _reached);
        return Task.Run(() => Read(number, from));
    }

    async Task Read(long number, LogPosition from)
    {
        LogPage? page = null;
        try
        {
            page = await pages.Next(from, StreamFilter.All, long.MaxValue, _stopping.Token);
        }
        finally
        {
            lock (_lock)
            {
                _reading = null;

                // Unless it has been begun elsewhere meanwhile.
                if (page is not null && from == _reached)
                    Take(page, number);
            }
        }
    }

    void Take(LogPage page, long number)
    {
        _events.AddRange(page.Events);
        _bytes += page.Events.Sum(SizeOf);
        (_reached, _head, _done) = (page.Reached, page.Head, number);
        while (_events.Count - _first > options.TailEventsMax || (_bytes > options.TailBytesMax && _first < _events.Count))
        {
            var oldest = _events[_first++];
            _bytes -= SizeOf(oldest);
            _from = oldest.Position;
        }

        if (_first > options.TailEventsMax)
        {
            _events.RemoveRange(0, _first);
            _first = 0;
        }
    }

    LogPage Page(LogPosition after, StreamFilter filter)
    {
        var found = new List<RecordedEvent>();
        var reached = after > _reached ? after : _reached;
        foreach (var e in CollectionsMarshal.AsSpan(_events)[IndexAfter(after)..])
        {
            if (found.Count == options.PageEventsMax)
            {
                reached = found[^1].Position;
                break;
            }

            if (filter.Matches(e.Stream))
                found.Add(e);
        }

        return new(found, reached, _head);
    }

    int IndexAfter(LogPosition after)
    {
        var (low, high) = (_first, _events.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _events[middle].Position > after ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    static long SizeOf(RecordedEvent e) => e.Data.Length + e.Metadata.Length;
}
