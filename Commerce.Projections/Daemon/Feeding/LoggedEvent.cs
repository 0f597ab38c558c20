using System.Text.Json;
using Commerce.Domain.Log;

namespace Commerce.Projections.Daemon.Feeding;

/// <summary>An event of the log that is decoded once, for all projections.</summary>
/// <param name="recorded">As the log holds it.</param>
/// <param name="isShown">Whether the trace that it is a part of is shown what is made of it.</param>
sealed class LoggedEvent(RecordedEvent recorded, bool isShown = false)
{
    // A RecordedEvent until it is decoded, then a Decoded: one reference, so that whoever sees it sees all of it.
    volatile object _state = recorded;

    /// <summary>As the log holds it; without data and metadata once it is decoded.</summary>
    public RecordedEvent Recorded => _state as RecordedEvent ?? ((Decoded)_state).Recorded;

    /// <summary>The trace that it is a part of, in W3C's words; null: of none, or not to be shown, or not decoded yet.</summary>
    public string? TraceParent => (_state as Decoded)?.TraceParent;

    /// <summary>
    /// What happened; null where this version does not know such an event: it was written by a newer one, and a version of the
    /// projection that knows it rebuilds.
    /// </summary>
    /// <exception cref="JsonException">The bytes are not what their name says.</exception>
    public ProjectedEvent? Decode()
    {
        // Two threads that come at once decode it twice, to the same.
        if (_state is RecordedEvent whole)
        {
            var projected = EventCatalog.Read(whole) is { } known ? new ProjectedEvent(whole, known) : null;
            _state = new Decoded(
                projected?.Recorded ?? whole with { Data = default, Metadata = default }, projected, isShown ? EventMetadata.TryRead(whole.Metadata)?.TraceParent : null);
        }

        return ((Decoded)_state).Projected;
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

    sealed record Decoded(RecordedEvent Recorded, ProjectedEvent? Projected, string? TraceParent);
}

/// <summary>A stretch of the log that was there to be read at once.</summary>
/// <param name="Events">Its events.</param>
/// <param name="Reached">Everything up to here was looked at.</param>
/// <param name="Bytes">Of its events, as the log holds them.</param>
/// <param name="IsLive">Whether the log held no more: what follows has yet to happen.</param>
sealed record LogStretch(IReadOnlyList<LoggedEvent> Events, LogPosition Reached, long Bytes, bool IsLive);
