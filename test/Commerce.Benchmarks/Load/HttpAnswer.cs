using System.Buffers.Text;
using System.Text;

namespace Commerce.Benchmarks.Load;

/// <summary>An answer of HTTP/1.1 in a buffer: just enough of it to check it.</summary>
readonly ref struct HttpAnswer
{
    const int StatusAt = 9;
    const int ChunkEndLength = 2;

    HttpAnswer(int status, ReadOnlySpan<byte> body)
    {
        Status = status;
        Body = body;
    }

    /// <summary>Status code.</summary>
    public int Status { get; }

    /// <summary>The body. Where it came in several chunks, their frames are in it.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>Reads it; false: not all of it is there yet.</summary>
    /// <exception cref="BenchmarkFailedException">It is no answer.</exception>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out HttpAnswer answer)
    {
        answer = default;
        var headers = bytes.IndexOf("\r\n\r\n"u8);
        if (headers < 0)
        {
            return false;
        }

        if (!bytes.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(bytes[StatusAt..headers], out int status, out _))
        {
            throw new BenchmarkFailedException($"No answer of HTTP/1.1: {Encoding.UTF8.GetString(bytes[..headers])}");
        }

        var head = bytes[..headers];
        var rest = bytes[(headers + 4)..];
        var length = LengthOf(head, rest);
        if (length > rest.Length)
        {
            return false;
        }

        answer = new(status, rest[..length]);
        return true;
    }

    /// <summary>The text of a field of the body, without reading the rest; empty: there is none.</summary>
    public ReadOnlySpan<byte> Field(ReadOnlySpan<byte> quotedName)
    {
        var at = Body.IndexOf(quotedName);
        if (at < 0)
        {
            return default;
        }

        var value = Body[(at + quotedName.Length)..].TrimStart(": \""u8);
        var end = value.IndexOfAny(",}\""u8);
        return end < 0 ? default : value[..end];
    }

    // More than is there stands for "not known yet".
    static int LengthOf(ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest)
    {
        if (Header(head, "\r\nContent-Length: "u8) is { IsEmpty: false } text)
        {
            return Utf8Parser.TryParse(text, out int length, out _) ? length : throw new BenchmarkFailedException("Content-Length is no number.");
        }

        return Header(head, "\r\nTransfer-Encoding: "u8).StartsWith("chunked"u8) ? ChunkedLength(rest)
            : throw new BenchmarkFailedException($"An answer without a length: {Encoding.UTF8.GetString(head)}");
    }

    static int ChunkedLength(ReadOnlySpan<byte> body)
    {
        var at = 0;
        while (body[at..].IndexOf("\r\n"u8) is var line and > 0 && Utf8Parser.TryParse(body[at..], out int size, out _, 'x'))
        {
            at += line + 2 + size + ChunkEndLength;
            if (at > body.Length || size == 0)
            {
                return at;
            }
        }

        return int.MaxValue;
    }

    static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name) => head.IndexOf(name) is var at and >= 0 ? head[(at + name.Length)..] : default;
}
