using System.Text.Json;
using Commerce.Domain.Log;

namespace Commerce.Projections.Daemon.Feeding;

/// <summary>An event of the log that is decoded once, for all projections.</summary>
sealed class LoggedEvent(RecordedEvent recorded)
{
    ProjectedEvent? _projected;
    bool _isDecoded;

    /// <summary>As the log holds it.</summary>
    public RecordedEvent Recorded => recorded;

    /// <summary>
    /// What happened; null where this version does not know such an event: it was written by a newer one, and a version of the
    /// projection that knows it rebuilds.
    /// </summary>
    /// <exception cref="JsonException">The bytes are not what their name says.</exception>
    public ProjectedEvent? Decode()
    {
        // Two threads that come at once decode it twice, to the same.
        if (!Volatile.Read(ref _isDecoded))
        {
            _projected = EventCatalog.Read(recorded) is { } known ? new ProjectedEvent(recorded, known) : null;
            Volatile.Write(ref _isDecoded, true);
        }

        return _projected;
    }

    /// <summary>Decodes it ahead of those who want it; one that cannot be decoded fails when it is its turn.</summary>
    public void DecodeAhead()
    {
        try
        {
            Decode();
        }
#pragma warning disable CA1031 // Whoever applies it meets the same, and says which event it is.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}

/// <summary>A stretch of the log that was there to be read at once.</summary>
/// <param name="Events">Its events.</param>
/// <param name="Reached">Everything up to here was looked at.</param>
/// <param name="Bytes">Of its events, as the log holds them.</param>
/// <param name="IsLive">Whether the log held no more: what follows has yet to happen.</param>
sealed record LogStretch(IReadOnlyList<LoggedEvent> Events, LogPosition Reached, long Bytes, bool IsLive);
