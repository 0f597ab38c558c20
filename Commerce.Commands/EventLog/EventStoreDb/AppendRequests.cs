using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Commerce.Commands.EventLog.EventStoreDb.Wire;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>What has to be sent: the appends that wait, as far as there is room for them in flight. For one sender at a time.</summary>
sealed class AppendRequests(ChannelReader<BatchedAppend> queue, AppendsInFlight inFlight, TimeSpan deadline, TimeProvider time)
{
    BatchedAppend? _held;

    /// <summary>Waits for an append; false where none will come any more.</summary>
    public async ValueTask<bool> Any(CancellationToken cancellationToken) =>
        !inFlight.IsEmpty || _held is not null || await queue.WaitToReadAsync(cancellationToken);

    /// <summary>What was sent over an earlier call and not answered.</summary>
    public IEnumerable<BatchAppendReq> Unanswered() => inFlight.All().Select(Request);

    /// <summary>The next one, which is in flight from now on.</summary>
    public bool TryTake([NotNullWhen(true)] out BatchAppendReq? request)
    {
        request = null;
        while (request is null && (_held is not null || queue.TryRead(out _held)))
        {
            if (!inFlight.TryAdd(_held))
                return false;

            request = _held.Abandoned ? null : Request(_held);
            _held = null;
        }

        return request is not null;
    }

    /// <summary>Waits until there may be one to take; false where none will come any more.</summary>
    public async ValueTask<bool> WaitToTake(CancellationToken cancellationToken)
    {
        if (_held is null)
            return await queue.WaitToReadAsync(cancellationToken);

        await inFlight.Room(_held, cancellationToken);
        return true;
    }

    BatchAppendReq Request(BatchedAppend append)
    {
        var left = deadline - time.GetElapsedTime(append.Begun);
        return WireRequests.Append(append.Correlation, append.Stream, append.Expected, append.Events, left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }
}
