using System.Globalization;
using System.Text;

namespace Commerce.Api.Tests.Fuzz;

/// <summary>An answer as it came over the wire.</summary>
/// <param name="Status">Status code.</param>
/// <param name="MediaType">Without parameters; empty: none.</param>
/// <param name="Body">Where it came in chunks, their frames are in it.</param>
/// <param name="IsLast">Whether the connection ends here.</param>
sealed record FuzzedAnswer(int Status, string MediaType, byte[] Body, bool IsLast)
{
    /// <summary>Reads one from the beginning of what came; null: not all of it is there yet.</summary>
    public static FuzzedAnswer? TryRead(ReadOnlySpan<byte> bytes, bool isHead, out int length)
    {
        length = 0;
        while (bytes[length..].IndexOf("\r\n\r\n"u8) is var end and >= 0)
        {
            var head = Encoding.Latin1.GetString(bytes.Slice(length, end));
            length += end + 4;
            var status = int.Parse(head.AsSpan("HTTP/1.1 ".Length, 3), NumberStyles.None, CultureInfo.InvariantCulture);
            if (status is >= 100 and < 200)
            {
                continue;
            }

            var mediaType = Header(head, "content-type").Split(';')[0];
            var isEndless = mediaType == "text/event-stream";
            var body = isHead || isEndless || status is 204 or 304 ? 0 : BodyLength(head, bytes[length..]);
            if (body > bytes.Length - length)
            {
                return null;
            }

            length += body;
            return new(status, mediaType, bytes.Slice(length - body, body).ToArray(), isEndless || Header(head, "connection") == "close");
        }

        return null;
    }

    // More than is there stands for "not known yet".
    static int BodyLength(string head, ReadOnlySpan<byte> rest)
    {
        if (Header(head, "transfer-encoding") != "chunked")
        {
            return int.TryParse(Header(head, "content-length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : 0;
        }

        var at = 0;
        while (rest[at..].IndexOf("\r\n"u8) is var line and > 0)
        {
            var size = int.Parse(Encoding.ASCII.GetString(rest.Slice(at, line)), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            at += line + 2 + size + 2;
            if (size == 0 || at > rest.Length)
            {
                return at;
            }
        }

        return int.MaxValue;
    }

    static string Header(string head, string name)
    {
        var at = head.IndexOf($"\r\n{name}:", StringComparison.OrdinalIgnoreCase);
        return at < 0 ? string.Empty : head[(at + name.Length + 3)..].Split("\r\n")[0].Trim();
    }
}
