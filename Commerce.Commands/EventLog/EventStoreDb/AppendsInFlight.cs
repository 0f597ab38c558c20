using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>The appends that are sent and not answered; bounded in number and bytes.</summary>
sealed class AppendsInFlight(EventStoreDbOptions options, LogPosition acknowledged)
{
    readonly Lock _lock = new();
    readonly Dictionary<Guid, (BatchedAppend Append, long Number)> _appends = [];
    LogPosition _acknowledged = acknowledged;
    long _bytes;
    long _sent;
    TaskCompletionSource? _room;

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _appends.Count == 0;
        }
    }

    /// <summary>Takes the append in, unless nobody waits for it any more. False: there is no room for it.</summary>
    public bool TryAdd(BatchedAppend append)
    {
        lock (_lock)
        {
            if (append.Abandoned)
                return true;
            if (!HasRoomFor(append))
                return false;

            append.SentAfter ??= _acknowledged;
            _appends.Add(append.Correlation, (append, ++_sent));
            _bytes += append.Bytes;
            return true;
        }
    }

    /// <summary>Ends when there may be room for the append.</summary>
    public Task Room(BatchedAppend append, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (append.Abandoned || HasRoomFor(append))
                return Task.CompletedTask;

            _room ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes the append out that was answered, at this position where it was taken; null where it is none of these (any more).</summary>
    public BatchedAppend? Take(Guid correlation, LogPosition acknowledged = default)
    {
        lock (_lock)
        {
            if (acknowledged > _acknowledged)
                _acknowledged = acknowledged;

            return Remove(correlation);
        }
    }

    /// <summary>Nobody waits for the append any more, wherever it is.</summary>
    public void Abandon(BatchedAppend append)
    {
        lock (_lock)
        {
            append.Abandoned = true;
            Remove(append.Correlation);
        }
    }

    /// <summary>All of them, in the order in which they were sent.</summary>
    public BatchedAppend[] All()
    {
        lock (_lock)
            return [.. _appends.Values.OrderBy(a => a.Number).Select(a => a.Append)];
    }

    // A large one goes alone.
    bool HasRoomFor(BatchedAppend append) =>
        _appends.Count == 0 || (_appends.Count < options.AppendsInFlightMax && _bytes + append.Bytes <= options.AppendBytesInFlightMax);

    BatchedAppend? Remove(Guid correlation)
    {
        // Also where nothing is taken out: whoever waits for room may wait with an append that was just given up.
        if (_room is { } room)
        {
            _room = null;
            room.SetResult();
        }

        if (!_appends.Remove(correlation, out var removed))
            return null;

        _bytes -= removed.Append.Bytes;
        return removed.Append;
    }
}
