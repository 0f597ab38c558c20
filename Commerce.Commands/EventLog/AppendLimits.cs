using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog;

/// <summary>What every engine refuses before it looks at a stream.</summary>
static class AppendLimits
{
    /// <summary>Bytes of the append.</summary>
    /// <exception cref="ArgumentException">No events.</exception>
    /// <exception cref="AppendTooLargeException">Over the port's limits.</exception>
    public static long Check(IReadOnlyList<NewEvent> events)
    {
        if (events.Count == 0)
            throw new ArgumentException("An append holds at least one event.", nameof(events));

        var bytes = 0L;
        foreach (var e in events)
            bytes += e.Size;

        return events.Count <= IEventLog.AppendEventsMax && bytes <= IEventLog.AppendBytesMax
            ? bytes
            : throw new AppendTooLargeException(events.Count, bytes);
    }
}
