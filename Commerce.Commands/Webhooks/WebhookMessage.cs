using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Commerce.Domain.Log;

namespace Commerce.Commands.Webhooks;

/// <summary>What is sent: one event of the log, as <c>type</c>, <c>timestamp</c> and <c>data</c> (Standard Webhooks, "Payload structure"), with its place.</summary>
static class WebhookMessage
{
    /// <summary>The id that a receiver tells repeats by: that of the event, the same for every try.</summary>
    public static string IdOf(Guid eventId) => $"evt_{eventId:N}";

    /// <summary>The body. The event's own JSON stands in <c>data</c> byte for byte.</summary>
    public static byte[] Of(RecordedEvent recorded)
    {
        var bytes = new ArrayBufferWriter<byte>(recorded.Data.Length + 256);
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        json.WriteString("type"u8, recorded.Type);
        json.WriteString("timestamp"u8, EventMetadata.TryReadOccurredAt(recorded.Metadata)?.UtcDateTime ?? recorded.RecordedAt.UtcDateTime);
        json.WriteString("stream"u8, recorded.Stream.Value);
        json.WriteString("revision"u8, recorded.Revision.ToString(CultureInfo.InvariantCulture));
        json.WriteString("position"u8, recorded.Position.ToString());
        json.WritePropertyName("data"u8);
        json.WriteRawValue(recorded.Data.Span, skipInputValidation: true);
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenSpan.ToArray();
    }
}
