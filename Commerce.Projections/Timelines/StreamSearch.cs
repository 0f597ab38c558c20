using Commerce.Domain.Log;

namespace Commerce.Projections.Timelines;

/// <summary>Finds a place in a stream by its position in the log, in as many reads as the stream's length has binary digits.</summary>
static class StreamSearch
{
    /// <summary>Revision of the stream's first event after this position; null: there is none. Any position will do, also one that no event has.</summary>
    public static async Task<long?> FirstAfter(IEventLog log, StreamName stream, LogPosition after, CancellationToken cancellationToken)
    {
        if (await One(log, stream, ReadDirection.Backwards, long.MaxValue, cancellationToken).ConfigureAwait(false) is not { } newest || newest.Position <= after)
        {
            return null;
        }

        var (low, high) = (0L, newest.Revision);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var found = await One(log, stream, ReadDirection.Forwards, middle, cancellationToken).ConfigureAwait(false);
            (low, high) = found is null || found.Position > after ? (low, middle) : (middle + 1, high);
        }

        return high;
    }

    static async Task<RecordedEvent?> One(IEventLog log, StreamName stream, ReadDirection direction, long from, CancellationToken cancellationToken)
    {
        await foreach (var recorded in log.ReadStream(stream, direction, from, 1, cancellationToken).ConfigureAwait(false))
        {
            return recorded;
        }

        return null;
    }
}
