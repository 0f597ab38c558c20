using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Commerce.Commands.EventLog.Copying;
using Commerce.Domain.Log;
using Commerce.Domain.Seals;

namespace Commerce.Commands.EventLog.Exporting;

/// <summary>
/// An event as a line of an export: a CloudEvent (CloudEvents 1.0, JSON format) whose extension attributes hold what the standard has no
/// place for, so that nothing is lost.
/// </summary>
/// <remarks>
/// Data that is JSON without blanks between its tokens, as every writer of ours leaves it, stands in <c>data</c> byte for byte, and is taken
/// from there byte for byte. Anything else stands in <c>data_base64</c>: other JSON would not outlive a tool that reads and writes the
/// line, and a line break would end it. Attributes cannot be objects, so metadata is a text; 64-bit numbers are texts.
/// </remarks>
static class CloudEventLine
{
    /// <summary>Type of the last line, which says what the lines before it come to.</summary>
    public const string EndType = "commerce-log-exported.v1";

    /// <summary>How times are written: to the 100 ns that a log knows.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    /// <summary>Levels of JSON that are embedded: two fewer than common readers take, for the line is one around it.</summary>
    const int DepthMax = 62;

    /// <summary>How lines are written. They are no HTML: quotes within metadata are two characters, not six.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes an event.</summary>
    public static void Write(Utf8JsonWriter json, RecordedEvent e)
    {
        var isJson = IsCompactJson(e.Data.Span);
        Begin(json, e.Id.ToString(), $"/audit/streams/{Uri.EscapeDataString(e.Stream.Value)}", e.Type, EventMetadata.TryReadOccurredAt(e.Metadata) ?? e.RecordedAt);
        json.WriteString("datacontenttype"u8, isJson ? "application/json" : "application/octet-stream");
        json.WriteString("stream"u8, e.Stream.Value);
        json.WriteString("revision"u8, e.Revision.ToString(CultureInfo.InvariantCulture));
        json.WriteString("position"u8, e.Position.ToString());
        json.WriteString("recordedat"u8, Text(e.RecordedAt));
        if (IsText(e.Metadata.Span))
        {
            json.WriteString("metadata"u8, e.Metadata.Span);
        }
        else
        {
            json.WriteBase64String("metadatabase64"u8, e.Metadata.Span);
        }

        json.WriteString("hash"u8, EventHash.OfContent(e).ToString());
        if (isJson)
        {
            json.WritePropertyName("data"u8);
            json.WriteRawValue(e.Data.Span, skipInputValidation: true);
        }
        else
        {
            json.WriteBase64String("data_base64"u8, e.Data.Span);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes the last line.</summary>
    public static void WriteEnd(Utf8JsonWriter json, LogDigest digest, DateTimeOffset now)
    {
        Begin(json, digest.Sha256, "/audit/export", EndType, now);
        json.WriteString("datacontenttype"u8, "application/json");
        json.WriteStartObject("data"u8);
        json.WriteNumber("events"u8, digest.Events);
        json.WriteString("sha256"u8, digest.Sha256);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void Begin(Utf8JsonWriter json, string id, string source, string type, DateTimeOffset time)
    {
        json.WriteStartObject();
        json.WriteString("specversion"u8, "1.0");
        json.WriteString("id"u8, id);
        json.WriteString("source"u8, source);
        json.WriteString("type"u8, type);
        json.WriteString("time"u8, Text(time));
    }

    static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    // What an attribute of type String may be (CloudEvents, "Type System"): no control characters, no noncharacters.
    static bool IsText(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var used) != OperationStatus.Done
                || Rune.IsControl(rune) || rune.Value is >= 0xFDD0 and <= 0xFDEF || (rune.Value & 0xFFFE) == 0xFFFE)
            {
                return false;
            }

            bytes = bytes[used..];
        }

        return true;
    }

    static bool IsCompactJson(ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes) || HasBlanksBetweenTokens(bytes))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = DepthMax });
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static bool HasBlanksBetweenTokens(ReadOnlySpan<byte> json)
    {
        var isInText = false;
        for (var n = 0; n < json.Length; n++)
        {
            switch (json[n])
            {
                case (byte)'"':
                    isInText = !isInText;
                    break;
                case (byte)'\\' when isInText:
                    n++;
                    break;
                case (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' when !isInText:
                    return true;
            }
        }

        return false;
    }
}
