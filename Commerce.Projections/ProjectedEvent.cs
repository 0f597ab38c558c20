using Commerce.Domain.Log;

namespace Commerce.Projections;

/// <summary>An event as projections see it. Decoded once and given to all that read it, whichever thread they run on.</summary>
/// <param name="recorded">As the log holds it. Its bytes are let go: batches wait in memory, and what is decoded takes less.</param>
/// <param name="event">What happened.</param>
public sealed class ProjectedEvent(RecordedEvent recorded, object @event)
{
    // Read at once, not when first asked for: most projections ask, and several threads may.
    readonly DateTimeOffset _occurredAt = ToMicroseconds((EventMetadata.TryReadOccurredAt(recorded.Metadata) ?? recorded.RecordedAt).ToUniversalTime());

    /// <summary>As the log holds it, without data and metadata.</summary>
    public RecordedEvent Recorded { get; } = recorded with { Data = default, Metadata = default };

    /// <summary>What happened.</summary>
    public object Event { get; } = @event;

    /// <summary>
    /// When it happened in the world, UTC, to the microsecond, which is what PostgreSQL keeps: documents, columns and cursors then agree.
    /// Where another program wrote no metadata, when the log took it.
    /// </summary>
    public DateTimeOffset OccurredAt => _occurredAt;

    /// <summary>Its place in the log.</summary>
    public long Position => Recorded.Position.Value;

    static DateTimeOffset ToMicroseconds(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));
}
