using Commerce.Domain.Log;

namespace Commerce.Projections;

/// <summary>An event as projections see it.</summary>
/// <param name="Recorded">As the log holds it.</param>
/// <param name="Event">What happened.</param>
public sealed record ProjectedEvent(RecordedEvent Recorded, object Event)
{
    /// <summary>
    /// When it happened in the world, UTC, to the microsecond, which is what PostgreSQL keeps: documents, columns and cursors then agree.
    /// Where another program wrote no metadata, when the log took it.
    /// </summary>
    public DateTimeOffset OccurredAt
    {
        get
        {
            var at = (EventMetadata.TryRead(Recorded.Metadata)?.OccurredAt ?? Recorded.RecordedAt).ToUniversalTime();
            return at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));
        }
    }

    /// <summary>Its place in the log.</summary>
    public long Position => Recorded.Position.Value;
}
