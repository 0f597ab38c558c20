using Commerce.Domain.Log;

namespace Commerce.Commands.Sagas.Relay;

/// <summary>
/// Events that were read and are not done with, in the order of the log. The checkpoint is the last position before which
/// everything is done with, however the ends come in. A full window makes the reader wait.
/// </summary>
sealed class RelayWindow(LogPosition start, int outstandingMax) : IDisposable
{
    readonly Lock _lock = new();
    readonly Queue<Entry> _entries = [];
    readonly SemaphoreSlim _room = new(outstandingMax, outstandingMax);
    LogPosition _read = start;
    int _open;
    bool _isClosed;

    /// <summary>One event under way.</summary>
    /// <param name="position">Its place in the log.</param>
    public sealed class Entry(LogPosition position)
    {
        public LogPosition Position { get; } = position;

        public bool IsDone { get; set; }
    }

    /// <summary>Everything up to here is done with.</summary>
    public LogPosition Checkpoint { get; private set; } = start;

    /// <summary>An event that is sent; waits for room.</summary>
    public async ValueTask<Entry> Enter(LogPosition position, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        var entry = new Entry(position);
        lock (_lock)
        {
            _entries.Enqueue(entry);
            _open++;
            RelayTelemetry.Outstanding(1);
            _read = position;
        }

        return entry;
    }

    /// <summary>Events up to here that nobody waits for.</summary>
    public void Pass(LogPosition position)
    {
        lock (_lock)
        {
            _read = position;
            Checkpoint = _entries.Count == 0 ? position : Checkpoint;
        }
    }

    /// <summary>The event is durable with whoever acts on it.</summary>
    public void Done(Entry entry)
    {
        lock (_lock)
        {
            if (entry.IsDone || _isClosed)
            {
                return;
            }

            entry.IsDone = true;
            _open--;
            RelayTelemetry.Outstanding(-1);
            while (_entries.TryPeek(out var oldest) && oldest.IsDone)
            {
                Checkpoint = _entries.Dequeue().Position;
            }

            Checkpoint = _entries.Count == 0 ? _read : Checkpoint;
            _room.Release();
        }
    }

    /// <summary>Who is late finds it closed.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            RelayTelemetry.Outstanding(-_open);
            _open = 0;
            _room.Dispose();
        }
    }
}
