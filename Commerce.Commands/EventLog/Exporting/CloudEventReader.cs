using System.Globalization;
using System.Text.Json;
using Commerce.Commands.EventLog.Copying;
using Commerce.Domain.Log;
using Commerce.Domain.Seals;

namespace Commerce.Commands.EventLog.Exporting;

/// <summary>What a line of an export says.</summary>
abstract record ExportedLine
{
    ExportedLine()
    {
    }

    /// <summary>An event, with the hash of its content that the line has beside it.</summary>
    public sealed record Event(RecordedEvent Recorded, Hash256 Hash) : ExportedLine;

    /// <summary>The last line.</summary>
    public sealed record End(LogDigest Digest) : ExportedLine;
}

/// <summary>Reads what <see cref="CloudEventLine"/> wrote; attributes that others added are passed over.</summary>
static class CloudEventReader
{
    /// <summary>Reads a line.</summary>
    /// <param name="line">Without the line break.</param>
    /// <returns>What it says; null: it is no line of an export, or lacks something.</returns>
    public static ExportedLine? TryRead(ReadOnlyMemory<byte> line)
    {
        try
        {
            var fields = Fields.Of(line);
            return fields.SpecVersion != "1.0" ? null
                : fields.Type == CloudEventLine.EndType ? EndOf(fields)
                : EventOf(fields);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    static ExportedLine.Event? EventOf(Fields fields)
    {
        if (fields is not { Type: { } type, Data: { } data }
            || !StreamName.TryParse(fields.Stream, null, out var stream)
            || !long.TryParse(fields.Revision, NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            || !LogPosition.TryParse(fields.Position, null, out var position)
            || !Guid.TryParseExact(fields.Id, "D", out var id)
            || !DateTimeOffset.TryParseExact(fields.RecordedAt, CloudEventLine.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var recordedAt)
            || Hash256.TryParse(fields.Hash) is not { } hash)
        {
            return null;
        }

        return new(new RecordedEvent(stream, revision, position, id, type, data, fields.Metadata ?? default, recordedAt), hash);
    }

    static ExportedLine.End? EndOf(Fields fields)
    {
        if (fields.Data is not { } data)
        {
            return null;
        }

        using var said = JsonDocument.Parse(data);
        return said.RootElement.GetProperty("sha256").GetString() is { } sha256 ? new(new LogDigest(said.RootElement.GetProperty("events").GetInt64(), sha256)) : null;
    }

    sealed class Fields
    {
        public string? SpecVersion { get; private set; }

        public string? Id { get; private set; }

        public string? Type { get; private set; }

        public string? Stream { get; private set; }

        public string? Revision { get; private set; }

        public string? Position { get; private set; }

        public string? RecordedAt { get; private set; }

        public string? Hash { get; private set; }

        public ReadOnlyMemory<byte>? Data { get; private set; }

        public ReadOnlyMemory<byte>? Metadata { get; private set; }

        public static Fields Of(ReadOnlyMemory<byte> line)
        {
            var fields = new Fields();
            var json = new Utf8JsonReader(line.Span);
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException();
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString();
                json.Read();
                fields.Take(name, ref json, line);
            }

            // What follows the object is an error, too.
            return json.Read() ? throw new JsonException() : fields;
        }

        void Take(string? name, ref Utf8JsonReader json, ReadOnlyMemory<byte> line)
        {
            switch (name)
            {
                case "specversion":
                    SpecVersion = json.GetString();
                    break;
                case "id":
                    Id = json.GetString();
                    break;
                case "type":
                    Type = json.GetString();
                    break;
                case "stream":
                    Stream = json.GetString();
                    break;
                case "revision":
                    Revision = json.GetString();
                    break;
                case "position":
                    Position = json.GetString();
                    break;
                case "recordedat":
                    RecordedAt = json.GetString();
                    break;
                case "hash":
                    Hash = json.GetString();
                    break;
                case "metadata":
                    Metadata = System.Text.Encoding.UTF8.GetBytes(json.GetString() ?? string.Empty);
                    break;
                case "metadatabase64":
                    Metadata = json.GetBytesFromBase64();
                    break;
                case "data_base64":
                    Data = json.GetBytesFromBase64();
                    break;
                case "data":
                    // Not what it means but how it is written. A copy: the line's own bytes are used again for the next one.
                    var start = (int)json.TokenStartIndex;
                    json.Skip();
                    Data = line[start..(int)json.BytesConsumed].ToArray();
                    break;
                default:
                    json.Skip();
                    break;
            }
        }
    }
}
