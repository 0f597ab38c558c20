using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Commerce.Domain.Log;

/// <summary>What is known of an event beside what happened. Stored as JSON beside the event.</summary>
public sealed record EventMetadata
{
    /// <summary>When it happened in the world, UTC. Past trade that is imported happened long before it was recorded.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Shared by everything that one request set off.</summary>
    [JsonPropertyName("$correlationId")]
    public string? CorrelationId { get; init; }

    /// <summary>The event or command that led to this event.</summary>
    [JsonPropertyName("$causationId")]
    public string? CausationId { get; init; }

    /// <summary>W3C trace context of the request.</summary>
    [JsonPropertyName("traceparent")]
    public string? TraceParent { get; init; }

    /// <summary>The command that was decided; the same id again is the same command.</summary>
    public string? CommandId { get; init; }

    /// <summary>Hash of the command's content: tells a repeat from another command under the same id.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Who asked: a client, <c>saga</c>, <c>import</c>, …</summary>
    public string? Actor { get; init; }

    /// <summary>How it is written.</summary>
    public static JsonTypeInfo<EventMetadata> Json => EventMetadataJson.Default.EventMetadata;

    /// <summary>As stored.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, EventMetadataJson.Default.EventMetadata);

    /// <summary>
    /// When it happened in the world, without reading the rest; null where the bytes hold no metadata of ours. Projections ask it of
    /// every event, and of the rest of few.
    /// </summary>
    public static DateTimeOffset? TryReadOccurredAt(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
        {
            return null;
        }

        try
        {
            // It is what ToJson writes first; whoever wrote it elsewhere is read in full.
            var reader = new Utf8JsonReader(json.Span);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject
                && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("occurredAt"u8)
                && reader.Read() && reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var at)
                ? at
                : TryRead(json)?.OccurredAt;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether <see cref="TryRead"/> may find a command's id in it, without reading it: false where <see cref="ToJson"/> wrote none.</summary>
    public static bool MayNameCommand(ReadOnlySpan<byte> json) => json.IndexOf("\"commandId\""u8) >= 0;

    /// <summary>Reads what <see cref="ToJson"/> wrote; null where the bytes hold no metadata of ours.</summary>
    public static EventMetadata? TryRead(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(json.Span, EventMetadataJson.Default.EventMetadata);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EventMetadata))]
sealed partial class EventMetadataJson : JsonSerializerContext;
