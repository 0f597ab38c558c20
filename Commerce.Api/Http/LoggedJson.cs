using System.Globalization;
using System.Text.Json;

namespace Commerce.Api.Http;

/// <summary>What the log holds, as the API shows it.</summary>
static class LoggedJson
{
    /// <summary>The bytes as JSON.</summary>
    public static JsonElement Read(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span);
        return JsonElement.ParseValue(ref reader);
    }

    /// <summary>The bytes as JSON, where they are one value of it; null: they are something else.</summary>
    public static JsonElement? TryRead(ReadOnlyMemory<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            return JsonElement.ParseValue(ref reader) is var value && !reader.Read() ? value : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A revision or a position: whole numbers of 64 bits are texts.</summary>
    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
