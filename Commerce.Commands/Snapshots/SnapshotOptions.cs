using System.ComponentModel.DataAnnotations;

namespace Commerce.Commands.Snapshots;

/// <summary>When snapshots are taken, and how much they may take.</summary>
public sealed record SnapshotOptions
{
    /// <summary>Events of one stream between two snapshots of it at least: to replay so many takes a tenth of a second.</summary>
    [Range(10, 10_000_000)]
    public int EventsMin { get; init; } = 10_000;

    /// <summary>
    /// The same of a stream under load, whose snapshot would take from its callers what it saves those who load it: a tenth of the processor. A
    /// replay takes a second or two, and as soon as the load is over there is a snapshot.
    /// </summary>
    [Range(10, 10_000_000)]
    public int EventsUnderLoadMin { get; init; } = 250_000;

    /// <summary>
    /// Seconds of such a load at least that lie between two snapshots: at forty thousand commands a second every one takes a second of the processor, and as much
    /// memory as the state again. To replay thirty seconds of it takes two (bench long-streams: a million events in 1.4 s).
    /// </summary>
    [Range(0, 3_600)]
    public int SecondsUnderLoadMin { get; init; } = 30;

    /// <summary>
    /// Commands a second from which on a stream is under load: with fewer, a snapshot every ten seconds at most. Not how many are decided together:
    /// where the log is quick that is a dozen at ten thousand a second.
    /// </summary>
    [Range(1, 1_000_000)]
    public int LoadFromPerSecond { get; init; } = 1_000;

    /// <summary>
    /// Events between two snapshots at least, in percent of those before: a state may grow with its stream, and all snapshots together are
    /// then as large as five of the last one.
    /// </summary>
    [Range(0, 1_000)]
    public int GrowthPercent { get; init; } = 25;

    /// <summary>Streams that wait for a snapshot at most; one for which there is no room waits for its next.</summary>
    [Range(1, 10_000)]
    public int WaitingMax { get; init; } = 64;

    /// <summary>Bytes of one snapshot at most. A sale of the most claims has fewer.</summary>
    [Range(1_024, 1_073_741_824)]
    public int BytesMax { get; init; } = 512 * 1024 * 1024;

    /// <summary>Snapshots of a stream that are looked at, newest first, for one that can be used.</summary>
    [Range(1, 100)]
    public int LookedAtMax { get; init; } = 4;

    /// <summary>Events of a stream that are read before a snapshot is looked for: most streams end before, and cost nothing more.</summary>
    internal int LookAfterEvents => Math.Min(1_000, EventsMin);

    /// <summary>Whether a stream has grown enough since its last snapshot.</summary>
    /// <param name="revision">Revision of its last event.</param>
    /// <param name="takenAt">Revision of the last event in the snapshot; -1: there is none.</param>
    /// <param name="perSecond">Commands that came to it in a second of late.</param>
    internal bool IsDue(long revision, long takenAt, int perSecond) =>
        revision - takenAt >= Math.Max(perSecond < LoadFromPerSecond ? EventsMin : UnderLoadMin(perSecond), (takenAt + 1) * GrowthPercent / 100);

    long UnderLoadMin(int perSecond) => Math.Max(Math.Max(EventsMin, EventsUnderLoadMin), (long)perSecond * SecondsUnderLoadMin);
}
