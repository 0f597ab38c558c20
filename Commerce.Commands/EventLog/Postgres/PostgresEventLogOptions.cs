using System.ComponentModel.DataAnnotations;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>Where the log lies and how much may be under way at once.</summary>
public sealed class PostgresEventLogOptions
{
    /// <summary>Npgsql connection string of the database that holds the log.</summary>
    [Required]
    public required string ConnectionString { get; init; }

    /// <summary>Schema of the log: lower-case letters, digits, underscores. Two logs in one database differ in it.</summary>
    [RegularExpression("^[a-z][a-z0-9_]{0,39}$")]
    public string Schema { get; init; } = "log";

    /// <summary>
    /// Groups that are under way at once, each on a connection of its own. The server takes one after the other; the
    /// second is already there, decoded, when the first has committed. More only wait.
    /// </summary>
    [Range(1, 8)]
    public int AppendersMax { get; init; } = 2;

    /// <summary>Appends that wait for a group. Beyond it callers wait for room: whoever calls bounds their number and holds their bytes.</summary>
    [Range(1, 1_000_000)]
    public int AppendsQueuedMax { get; init; } = 4_096;

    /// <summary>Appends of one group: enough to pay for the fsync, few enough that deciding them takes some milliseconds.</summary>
    [Range(1, 10_000)]
    public int GroupAppendsMax { get; init; } = 512;

    /// <summary>Events after which a group takes no further append: some 10 ms of inserting, so that two groups share the work.</summary>
    [Range(1, 100_000)]
    public int GroupEventsMax { get; init; } = 1_000;

    /// <summary>Bytes after which a group takes no further append; what one appender holds at once is this and one append more.</summary>
    [Range(1, 64 * 1024 * 1024)]
    public int GroupBytesMax { get; init; } = 2 * 1024 * 1024;

    /// <summary>Events of one page of reading.</summary>
    [Range(1, 100_000)]
    public int PageEventsMax { get; init; } = 2_048;

    /// <summary>Bytes after which a page ends: what one reader holds at once is this and one event more.</summary>
    [Range(1, 64 * 1024 * 1024)]
    public int PageBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>Events that one page looks through where a filter leaves most of them out.</summary>
    [Range(1, 1_000_000)]
    public int FilteredPageEventsMax { get; init; } = 16_384;

    /// <summary>Newest events that are kept for those who follow the log: some seconds of a busy shop.</summary>
    [Range(1, 1_000_000)]
    public int TailEventsMax { get; init; } = 32_768;

    /// <summary>Bytes of events that are kept for them, and one page more.</summary>
    [Range(1, 1024 * 1024 * 1024)]
    public int TailBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Connections that readers share, at most; whoever finds none free waits.</summary>
    [Range(1, 1_000)]
    public int ReadConnectionsMax { get; init; } = 8;

    /// <summary>Streams at most at which this node takes turns with others at once, each on a connection of its own; at further ones it lets others go by time.</summary>
    [Range(1, 100)]
    public int TurnsMax { get; init; } = 8;

    /// <summary>How long a turn at a stream is waited for: many times as long as one takes, no longer than callers do not mind where a node hangs in its own.</summary>
    public TimeSpan TurnWaitMax { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long an append waits for its answer, queueing included, and a read for a page. After that the log counts as unavailable.</summary>
    public TimeSpan AnswerMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Least time between two notices to other processes that the log has grown: what is appended meanwhile, they hear of twice this much later at most.</summary>
    public TimeSpan NoticeInterval { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How often a subscription looks although nothing woke it. Only a safety net: notifications arrive within milliseconds.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a subscription, once begun, tries to reach a lost server before it gives up.</summary>
    public TimeSpan OutageMax { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>First pause before a lost server is tried again; doubles up to <see cref="ReconnectPauseMax"/>.</summary>
    public TimeSpan ReconnectPauseMin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest pause before a lost server is tried again.</summary>
    public TimeSpan ReconnectPauseMax { get; init; } = TimeSpan.FromSeconds(2);
}
