using Commerce.Domain.Log;

namespace Commerce.Projections.Auditing.Sealing;

/// <summary>Something in the log is not what was sealed.</summary>
/// <param name="Code">What kind: <c>event-changed</c>, <c>event-removed</c>, <c>event-added</c>, <c>event-moved</c>, <c>seal-broken</c>, <c>seal-missing</c>, <c>seal-signature</c>.</param>
/// <param name="Text">For a person.</param>
/// <param name="Seal">Number of the seal that tells.</param>
/// <param name="Place">Place among all sealed events, from 0; null: it is about a seal.</param>
/// <param name="Position">Position in the log of the event that stands there; null: none does.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="EventId">Its id.</param>
public sealed record SealFinding(string Code, string Text, long? Seal, long? Place = null, long? Position = null, string? Stream = null, long? Revision = null, Guid? EventId = null)
{
    /// <summary>A finding about an event that stands in the log.</summary>
    public static SealFinding Of(string code, string text, long seal, long place, RecordedEvent e) =>
        new(code, text, seal, place, e.Position.Value, e.Stream.Value, e.Revision, e.Id);

    /// <inheritdoc/>
    public override string ToString() => Stream is null
        ? $"{Code}: {Text}"
        : $"{Code}: {Text} ({Stream}, revision {Revision}, position {Position}, event {EventId})";
}
