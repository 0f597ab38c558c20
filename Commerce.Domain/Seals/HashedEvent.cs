using Commerce.Domain.Log;

namespace Commerce.Domain.Seals;

/// <summary>An event with what it hashes to.</summary>
/// <param name="Event">The event.</param>
/// <param name="Previous">Hash of the event before it in its stream.</param>
/// <param name="Content">Hash of its content.</param>
/// <param name="Hash">Its hash.</param>
public readonly record struct HashedEvent(RecordedEvent Event, Hash256 Previous, Hash256 Content, Hash256 Hash);
