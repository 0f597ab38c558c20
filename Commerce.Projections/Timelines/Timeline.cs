using Commerce.Domain.Log;

namespace Commerce.Projections.Timelines;

/// <summary>A part of an order's line of time, or why there is none.</summary>
public abstract record Timeline
{
    Timeline()
    {
    }

    /// <summary>Events in the log's order.</summary>
    /// <param name="Events">Up to the limit; fewer, even none, where much of the log had to be read for them.</param>
    /// <param name="Next">Go on after this position; null: the log holds no more of the order.</param>
    public sealed record Page(IReadOnlyList<RecordedEvent> Events, LogPosition? Next) : Timeline;

    /// <summary>No such order.</summary>
    public sealed record Unknown : Timeline;

    /// <summary>The order's SKUs at the locations that may serve them are too many streams to read together.</summary>
    /// <param name="Streams">How many.</param>
    public sealed record TooWide(int Streams) : Timeline;
}
