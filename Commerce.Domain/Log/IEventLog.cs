namespace Commerce.Domain.Log;

/// <summary>
/// The log of events: the only truth. Every engine keeps this contract to the letter; one suite of tests holds them to it.
/// </summary>
/// <remarks>
/// Every method throws <see cref="EventLogUnavailableException"/> when the engine cannot be reached or does not answer in time;
/// after it, an append may or may not have happened: the same append again (same ids) settles it.
/// </remarks>
public interface IEventLog
{
    /// <summary>Bytes of one append at most (1 MiB, EventStoreDB's default).</summary>
    const int AppendBytesMax = 1_048_576;

    /// <summary>Events of one append at most.</summary>
    const int AppendEventsMax = 4_096;

    /// <summary>
    /// Appends all events or none, durably, when the stream is at the expected revision. The same ids again at the place
    /// where the stream holds them succeed as the first time did and write nothing. Where no revision is named
    /// (<see cref="ExpectedRevision.Any"/>, <see cref="ExpectedRevision.Exists"/>) that place is where an earlier append of the
    /// stream began with the same id; where it goes on differently, the answer is a wrong expected revision.
    /// </summary>
    /// <remarks>Cancelled under way, the append may or may not have happened.</remarks>
    /// <exception cref="AppendTooLargeException">Over <see cref="AppendBytesMax"/> or <see cref="AppendEventsMax"/>.</exception>
    /// <exception cref="StreamDeletedException">An operator deleted the stream for good.</exception>
    /// <exception cref="ArgumentException">No events.</exception>
    Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken);

    /// <summary>
    /// Events of one stream, at most <paramref name="count"/>, beginning with the one at revision <paramref name="from"/>
    /// (backwards, <see cref="long.MaxValue"/> means the newest). No such stream: nothing.
    /// </summary>
    /// <exception cref="StreamDeletedException">An operator deleted the stream for good.</exception>
    IAsyncEnumerable<RecordedEvent> ReadStream(StreamName stream, ReadDirection direction, long from, int count, CancellationToken cancellationToken);

    /// <summary>Events of the whole log after a position, in its order, at most <paramref name="count"/> that pass the filter.</summary>
    IAsyncEnumerable<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count, CancellationToken cancellationToken);

    /// <summary>
    /// Every event after a position that passes the filter, each once, in order: first what is there, then
    /// <see cref="LogMessage.CaughtUp"/>, then live, until cancelled.
    /// </summary>
    IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, CancellationToken cancellationToken);

    /// <summary>Position of the newest event that readers can see; <see cref="LogPosition.Start"/> for an empty log.</summary>
    Task<LogPosition> Head(CancellationToken cancellationToken);
}

/// <summary>How an append went.</summary>
public abstract record AppendResult
{
    AppendResult()
    {
    }

    /// <summary>The events are durable.</summary>
    /// <param name="Revision">Revision of the last event appended.</param>
    /// <param name="Position">Position of the last event appended.</param>
    public sealed record Appended(long Revision, LogPosition Position) : AppendResult;

    /// <summary>The stream was not at the expected revision; nothing was written.</summary>
    /// <param name="Expected">What was asked.</param>
    /// <param name="Actual">Last revision of the stream; -1 where it has no event.</param>
    public sealed record WrongExpectedRevision(ExpectedRevision Expected, long Actual) : AppendResult;
}

/// <summary>The log could not do what was asked.</summary>
public abstract class EventLogException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The engine cannot be reached or does not answer in time.</summary>
public sealed class EventLogUnavailableException(string message, Exception? inner = null) : EventLogException(message, inner);

/// <summary>The stream was deleted for good, which only a person can do, in the engine itself: it takes and tells nothing any more.</summary>
public sealed class StreamDeletedException(StreamName stream)
    : EventLogException($"The stream {stream} was deleted in the event log's engine and cannot be used any more.")
{
    /// <summary>Which.</summary>
    public StreamName Stream { get; } = stream;
}

/// <summary>One append holds more than the engine takes at once.</summary>
/// <param name="events">Its events.</param>
/// <param name="bytes">Their bytes.</param>
/// <param name="bytesMax">How many bytes the engine takes: less than the port's limit where an operator has set it so.</param>
public sealed class AppendTooLargeException(int events, long bytes, long bytesMax = IEventLog.AppendBytesMax)
    : EventLogException($"An append of {events} events and {bytes} bytes is over the limit of {IEventLog.AppendEventsMax} events and {bytesMax} bytes.");
