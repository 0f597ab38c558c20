using Commerce.Domain.Log;

namespace Commerce.Projections.Timelines;

/// <summary>
/// Finds a place in a stream by its position in the log. Most streams grow as the log does, so where an event stands between two others is guessed from
/// the positions of those (interpolation search); every other step halves what is left, which keeps it to twice the binary digits of the stream's length.
/// </summary>
static class StreamSearch
{
    /// <summary>
    /// Revision of the stream's first event after this position; null: there is none. Any position will do, also one that no event has. After
    /// <see cref="LogPosition.Start"/> it is 0, and not looked for.
    /// </summary>
    public static async Task<long?> FirstAfter(IEventLog log, StreamName stream, LogPosition after, CancellationToken cancellationToken)
    {
        if (after == LogPosition.Start)
        {
            return 0;
        }

        if (await One(log, stream, ReadDirection.Backwards, long.MaxValue, cancellationToken).ConfigureAwait(false) is not { } newest || newest.Position <= after)
        {
            return null;
        }

        // What is before low is not after the position, and the event at high is.
        var (low, high, lowAt, highAt) = (0L, newest.Revision, 0L, newest.Position.Value);
        for (var isGuess = true; low < high; isGuess = !isGuess)
        {
            var share = isGuess ? (double)(after.Value - lowAt) / (highAt - lowAt) : 0.5;
            var middle = Math.Min(low + (long)(share * (high - low)), high - 1);
            var found = await One(log, stream, ReadDirection.Forwards, middle, cancellationToken).ConfigureAwait(false);
            if (found is null || found.Position > after)
            {
                (high, highAt) = (middle, found?.Position.Value ?? highAt);
            }
            else
            {
                (low, lowAt) = (middle + 1, found.Position.Value);
            }
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
