using Commerce.Domain.Log;

namespace Commerce.Api.Handling;

/// <summary>Some events of a stream, oldest first.</summary>
/// <param name="Events">The events.</param>
/// <param name="Next">Revision to go on with; null: these are the last so far.</param>
sealed record RecordedPage(IReadOnlyList<RecordedEvent> Events, long? Next);

/// <summary>Reads streams page by page.</summary>
static class StreamPages
{
    /// <summary>Events of a page when nothing else is said.</summary>
    public const int LimitDefault = 100;

    /// <summary>Events of a page at most: of usual size, they make half a mebibyte.</summary>
    public const int LimitMax = 1_000;

    /// <summary>A page; null: there is no such stream.</summary>
    public static async Task<RecordedPage?> Read(IEventLog log, StreamName stream, long from, int limit, CancellationToken cancellationToken)
    {
        var events = new List<RecordedEvent>();
        await foreach (var e in log.ReadStream(stream, ReadDirection.Forwards, from, limit, cancellationToken).ConfigureAwait(false))
        {
            events.Add(e);
        }

        // Past the end of a stream that exists is an empty page: whoever follows a stream asks for it again.
        return events.Count > 0 || await Exists(log, stream, cancellationToken).ConfigureAwait(false) ? new(events, events.Count < limit ? null : events[^1].Revision + 1) : null;
    }

    /// <summary>Whether the stream has an event.</summary>
    public static async Task<bool> Exists(IEventLog log, StreamName stream, CancellationToken cancellationToken)
    {
        await foreach (var _ in log.ReadStream(stream, ReadDirection.Forwards, 0, 1, cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        return false;
    }
}
