using System.ComponentModel.DataAnnotations;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>Where EventStoreDB is and how much may be under way at once.</summary>
public sealed class EventStoreDbOptions
{
    /// <summary>EventStoreDB's connection string, e.g. <c>esdb://admin:changeit@localhost:2113?tls=false</c>; see <see cref="EventStoreDbConnectionString"/>.</summary>
    [Required]
    public required string ConnectionString { get; init; }

    /// <summary>Appends that wait to be sent. Beyond it callers wait for room: whoever calls bounds their number and holds their bytes.</summary>
    [Range(1, 1_000_000)]
    public int AppendsQueuedMax { get; init; } = 4_096;

    /// <summary>Appends that are sent and not answered. The server writes one after the other: more would only wait there.</summary>
    [Range(1, 100_000)]
    public int AppendsInFlightMax { get; init; } = 1_024;

    /// <summary>Bytes of the appends that are sent and not answered: what one lost connection sends again. A larger append goes alone.</summary>
    [Range(1, 1024 * 1024 * 1024)]
    public int AppendBytesInFlightMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of appends that are written to the connection at once.</summary>
    [Range(1, 64 * 1024 * 1024)]
    public int FlushBytesMax { get; init; } = 256 * 1024;

    /// <summary>
    /// Events of a stream that are looked through, after a lost connection, for an append at any revision that may have
    /// been written before; only those younger than the append count. Beyond it the append counts as unanswered.
    /// </summary>
    [Range(1, 1_000_000)]
    public int RepeatSearchEventsMax { get; init; } = 16_384;

    /// <summary>Unanswered appends at any revision that are remembered, in case that their caller tries them again.</summary>
    [Range(1, 1_000_000)]
    public int UnansweredRememberedMax { get; init; } = 16_384;

    /// <summary>Events of one read of a subscription that catches up: what is read again after a lost connection is less.</summary>
    [Range(1, 100_000)]
    public int PageEventsMax { get; init; } = 4_096;

    /// <summary>Events that the server looks through at once where a filter leaves most of them out.</summary>
    [Range(1, 100_000)]
    public int FilterWindowEventsMax { get; init; } = 512;

    /// <summary>Bytes that the server may send ahead of a reader, to begin with; the base library widens it up to 16 MiB where the way is long.</summary>
    [Range(64 * 1024, 16 * 1024 * 1024)]
    public int ReadAheadBytes { get; init; } = 1024 * 1024;

    /// <summary>How long a read waits for its next event. Filtered reads of the whole log wait for as long as the server is there.</summary>
    public TimeSpan AnswerMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may take to come about.</summary>
    public TimeSpan ConnectMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long opening the log may take, with finding the leader and every check.</summary>
    public TimeSpan OpenMax { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a subscription, once begun, tries to reach a lost server before it gives up.</summary>
    public TimeSpan OutageMax { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>First pause before a lost server is tried again; doubles up to <see cref="ReconnectPauseMax"/>.</summary>
    public TimeSpan ReconnectPauseMin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest pause before a lost server is tried again.</summary>
    public TimeSpan ReconnectPauseMax { get; init; } = TimeSpan.FromSeconds(2);
}
