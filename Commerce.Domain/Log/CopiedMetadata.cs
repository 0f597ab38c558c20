using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Commerce.Domain.Log;

/// <summary>
/// The time at which the first log took an event, in the metadata of its copy: the last field of the object,
/// <c>"recordedAt":"2026-03-01T09:00:00.0000000Z"</c>. A log gives its own time to what it takes, so the copy would lose it.
/// Taken off again, the bytes are those of the original.
/// </summary>
public static class CopiedMetadata
{
    const string Field = "recordedAt";

    const string Format = "yyyy-MM-ddTHH:mm:ss.fffffffZ";

    static readonly byte[] Before = Encoding.UTF8.GetBytes($"\"{Field}\":\"");

    static ReadOnlySpan<byte> After => "\"}"u8;

    /// <summary>Bytes that <see cref="With"/> adds at most.</summary>
    public static int SizeMax { get; } = 1 + Before.Length + Format.Length + 1;

    /// <summary>With the time. Metadata that is no JSON object, or has such a field, stays as it is: a copy of a copy keeps the first time.</summary>
    public static ReadOnlyMemory<byte> With(ReadOnlyMemory<byte> metadata, DateTimeOffset recordedAt)
    {
        if (!TakesField(metadata.Span, out var isEmpty))
            return metadata;

        var time = Encoding.UTF8.GetBytes(recordedAt.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));
        return (byte[])[.. metadata.Span[..^1], .. isEmpty ? [] : ","u8, .. Before, .. time, .. After];
    }

    /// <summary>Without the time, where it has one.</summary>
    public static ReadOnlyMemory<byte> Without(ReadOnlyMemory<byte> metadata)
    {
        var field = Before.Length + Format.Length + After.Length;
        var start = metadata.Length - field;
        if (start < 1 || !metadata.Span[start..].StartsWith(Before) || !metadata.Span.EndsWith(After))
            return metadata;

        var end = metadata.Span[start - 1] == ',' ? start - 1 : start;
        return (byte[])[.. metadata.Span[..end], (byte)'}'];
    }

    // Ends with the brace of an object whose fields have other names.
    static bool TakesField(ReadOnlySpan<byte> metadata, out bool isEmpty)
    {
        isEmpty = true;
        if (!metadata.EndsWith("}"u8))
            return false;

        var json = new Utf8JsonReader(metadata);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return false;

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                isEmpty = false;
                if (json.ValueTextEquals(Field) || !json.Read() || !json.TrySkip())
                    return false;
            }

            return json.BytesConsumed == metadata.Length;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
