using System.ComponentModel.DataAnnotations;
using Commerce.Commands.Snapshots;

namespace Commerce.Commands.Handling;

/// <summary>How much the command processor holds, tries and remembers. Every figure is a limit; none is a goal.</summary>
public sealed class CommandProcessorOptions
{
    /// <summary>Commands that one stream may have waiting. At 20,000 decisions a second a full mailbox is 200 ms old: later than that a refusal serves better.</summary>
    [Range(1, 1_000_000)]
    public int MailboxCapacityMax { get; init; } = 4_096;

    /// <summary>Commands of all streams together that are not answered yet. At some 2 KB each that is 128 MB: what a small node can spare.</summary>
    [Range(1, 10_000_000)]
    public int UnansweredMax { get; init; } = 65_536;

    /// <summary>Streams that are decided and appended at the same time. A worker that waits for the log holds no thread; many appends in flight let the log commit them as one group.</summary>
    [Range(1, 4_096)]
    public int Workers { get; init; } = 1_024;

    /// <summary>Commands that are decided together. One append of that many small events stays below the log's limit of 1 MiB.</summary>
    [Range(1, 4_096)]
    public int BatchMax { get; init; } = 1_024;

    /// <summary>
    /// Streams whose state stays in memory when nothing waits for them; the least recently used goes first. Those of the last second or so of whole orders: what
    /// lives longer than that the collector moves out of the way again and again, a third of a placed order's work with four times as many.
    /// </summary>
    [Range(0, 10_000_000)]
    public int CachedStreamsMax { get; init; } = 5_000;

    /// <summary>Command ids that all streams in memory remember together, some 300 bytes each: 150 MB.</summary>
    [Range(0, 100_000_000)]
    public int CachedCommandIdsMax { get; init; } = 500_000;

    /// <summary>
    /// Command ids that one stream remembers: its latest. A repeat that comes after that many other commands is decided anew.
    /// At 1,000 commands a second on one stream that is 10 s, longer than a client waits before it asks again.
    /// </summary>
    [Range(1, 10_000_000)]
    public int SeenPerStreamMax { get; init; } = 10_000;

    /// <summary>
    /// Times that commands are decided after a lost race before their callers are told to come back. Nodes take turns, and where processors are
    /// scarce one may miss several: who misses three of four still loses not one batch in a million.
    /// </summary>
    [Range(1, 1_000)]
    public int AttemptsMax { get; init; } = 50;

    /// <summary>Times that one append, with the same event ids, is sent to a log that does not answer before its callers learn that.</summary>
    [Range(1, 100)]
    public int AppendTriesMax { get; init; } = 3;

    /// <summary>Longest pause between two tries, and longest turn that another node is given; pauses double from 1 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a stream to which another node wrote is shared with it: longer than a turn of either, short enough that little is waited for one that is gone.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RivalsWithin { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>When a caller who is refused for load should come back.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a stop waits for what is queued; what is not begun then is refused.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When snapshots of long streams are taken.</summary>
    public SnapshotOptions Snapshots { get; init; } = new();

    /// <summary>The same options, if every one is within its range.</summary>
    /// <exception cref="ValidationException">One is not.</exception>
    internal CommandProcessorOptions Validated()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        Validator.ValidateObject(Snapshots, new ValidationContext(Snapshots), validateAllProperties: true);
        return this;
    }

    /// <summary>Pause after a failed try, counted from 1. No jitter: streams are tried again each for itself, and the log takes appends as groups.</summary>
    internal TimeSpan PauseAfter(int tries)
    {
        var doubled = TimeSpan.FromMilliseconds(1L << Math.Min(tries - 1, 20));
        return doubled < PauseMax ? doubled : PauseMax;
    }
}
