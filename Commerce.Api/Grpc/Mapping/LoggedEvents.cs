using Commerce.Domain.Log;
using Google.Protobuf;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Mapping;

/// <summary>Events of the log as messages: their bytes as they are recorded.</summary>
static class LoggedEvents
{
    /// <summary>An event.</summary>
    public static Wire.LoggedEvent Of(RecordedEvent e) => new()
    {
        Stream = e.Stream.Value,
        Revision = e.Revision,
        Position = e.Position.Value,
        Id = e.Id.ToString(),
        Type = e.Type,
        RecordedAt = Replies.Of(e.RecordedAt),
        Data = UnsafeByteOperations.UnsafeWrap(e.Data),
        Metadata = UnsafeByteOperations.UnsafeWrap(e.Metadata),
    };

    /// <summary>Some events.</summary>
    public static Wire.EventPage Page(IEnumerable<RecordedEvent> events, long? next)
    {
        var page = new Wire.EventPage { Events = { events.Select(Of) } };
        if (next is { } there)
        {
            page.Next = there;
        }

        return page;
    }
}
