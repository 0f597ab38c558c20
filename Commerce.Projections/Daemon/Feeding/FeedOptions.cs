using Commerce.Domain.Log;

namespace Commerce.Projections.Daemon.Feeding;

/// <summary>Bounds of reading ahead.</summary>
sealed record FeedOptions
{
    /// <summary>Events of one stretch at most: decoded before those who wait get to see them.</summary>
    public int StretchEventsMax { get; init; } = 1_024;

    /// <summary>Bytes of events that wait for the slowest projection at most, one stretch more or less, unless it wants less: what one feed holds of the log.</summary>
    public long AheadBytesMax { get; init; } = 16 * 1_024 * 1_024;

    /// <summary>Bytes of the last stretches that are kept for those who come up from behind.</summary>
    public long RecentBytesMax { get; init; } = 2 * 1_024 * 1_024;

    /// <summary>Positions by which a projection may be ahead of a feed and wait for it, rather than read by itself: some tenths of a second of catching up.</summary>
    public long WaitPositionsMax { get; init; } = 20_000;

    /// <summary>Last position that is read; null: it follows the log for ever.</summary>
    public LogPosition? End { get; init; }

    /// <summary>Those of the daemon.</summary>
    public static FeedOptions Of(ProjectionOptions options) => new() { AheadBytesMax = options.BatchBytesMax };

    /// <summary>How long the others wait for a projection that takes nothing, before it is left to read by itself.</summary>
    public TimeSpan PatienceMax { get; init; } = TimeSpan.FromSeconds(1);
}
