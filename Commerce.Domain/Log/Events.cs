namespace Commerce.Domain.Log;

/// <summary>An event on its way into the log.</summary>
/// <param name="Id">Makes the append idempotent: the same ids again at the same place change nothing.</param>
/// <param name="Type">Versioned name, e.g. <c>stock-reserved.v1</c>.</param>
/// <param name="Data">The event as JSON (UTF-8).</param>
/// <param name="Metadata">Its <see cref="EventMetadata"/> as JSON (UTF-8).</param>
public sealed record NewEvent(Guid Id, string Type, ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Metadata)
{
    /// <summary>Bytes that count against <see cref="IEventLog.AppendBytesMax"/>: as EventStoreDB counts, two for each character of the name.</summary>
    public int Size => Data.Length + Metadata.Length + (2 * Type.Length);
}

/// <summary>An event as the log holds it.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Revision">Its place in the stream, from 0.</param>
/// <param name="Position">Its place in the whole log.</param>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its versioned name.</param>
/// <param name="Data">The event as JSON (UTF-8).</param>
/// <param name="Metadata">Its metadata as JSON (UTF-8); may be empty where another program wrote it.</param>
/// <param name="RecordedAt">When the engine took it, UTC.</param>
public sealed record RecordedEvent(
    StreamName Stream,
    long Revision,
    LogPosition Position,
    Guid Id,
    string Type,
    ReadOnlyMemory<byte> Data,
    ReadOnlyMemory<byte> Metadata,
    DateTimeOffset RecordedAt);

/// <summary>What a subscription tells.</summary>
public abstract record LogMessage
{
    LogMessage()
    {
    }

    /// <summary>The next event that passes the filter.</summary>
    public sealed record Appeared(RecordedEvent Event) : LogMessage;

    /// <summary>Everything up to here was looked at; a checkpoint may move on although nothing matched.</summary>
    public sealed record Reached(LogPosition Position) : LogMessage;

    /// <summary>All that the log held has been told; what follows is live. Told again after each time of falling behind.</summary>
    public sealed record CaughtUp(LogPosition Position) : LogMessage;
}

/// <summary>Which streams a reader of the whole log wants.</summary>
/// <param name="Prefixes">Streams whose name starts with one of these; empty: every stream but the log's own.</param>
public sealed record StreamFilter(IReadOnlyList<string> Prefixes)
{
    /// <summary>Every stream but the log's own.</summary>
    public static StreamFilter All { get; } = new([]);

    /// <summary>The streams of these categories.</summary>
    public static StreamFilter Categories(params IEnumerable<string> categories) => new([.. categories.Select(c => c + "-")]);

    /// <summary>Whether the stream passes.</summary>
    public bool Matches(StreamName stream)
    {
        // By index, without a closure: it is asked for every event of the log by every reader of it.
        for (var n = 0; n < Prefixes.Count; n++)
        {
            if (stream.Value.StartsWith(Prefixes[n], StringComparison.Ordinal))
            {
                return true;
            }
        }

        return Prefixes.Count == 0;
    }
}

/// <summary>Which way a stream is read.</summary>
public enum ReadDirection
{
    /// <summary>Oldest first.</summary>
    Forwards,

    /// <summary>Newest first.</summary>
    Backwards,
}
