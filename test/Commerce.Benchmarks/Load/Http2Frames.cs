using System.Buffers.Binary;
using System.Text;

namespace Commerce.Benchmarks.Load;

/// <summary>Just enough of HTTP/2 (RFC 9113) and of its headers (RFC 7541) to call methods of gRPC at little cost.</summary>
static class Http2Frames
{
    public const int HeaderLength = 9;
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Reset = 3;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte WindowUpdate = 8;
    public const byte EndStream = 1;
    public const byte Ack = 1;
    public const byte EndHeaders = 4;

    /// <summary>Bytes before each message of gRPC.</summary>
    public const int PrefixLength = 5;

    const byte PostMethod = 0x83;
    const byte HttpScheme = 0x86;
    const byte IntoTable = 0x40;
    const byte NotIntoTable = 0x00;
    const byte FromTable = 0x80;
    const int TableBegins = 62;

    /// <summary>A length that takes one byte.</summary>
    const int TextLengthMax = 127;

    /// <summary>Answers are small: with windows as large as they can be nobody has to widen them.</summary>
    const uint WindowMax = int.MaxValue;
    const uint WindowDefault = 65_535;

    /// <summary>What a client begins with. The server shall keep no table of headers: what it sends can then be read where it lies.</summary>
    public static byte[] Preface()
    {
        var settings = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(settings, 1);
        BinaryPrimitives.WriteUInt16BigEndian(settings.AsSpan(6), 4);
        BinaryPrimitives.WriteUInt32BigEndian(settings.AsSpan(8), WindowMax);
        var widen = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(widen, WindowMax - WindowDefault);
        return [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, settings), .. Frame(WindowUpdate, 0, 0, widen)];
    }

    /// <summary>A frame.</summary>
    public static byte[] Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeaderLength + payload.Length];
        frame[0] = (byte)(payload.Length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), (ushort)payload.Length);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(HeaderLength));
        return frame;
    }

    /// <summary>The headers of a call. Those that all calls have are put into the server's table by the first and named by the others (RFC 7541, 6.1 and 6.2.1).</summary>
    public static byte[] CallHeaders(LoadPlan load, string method, string? key, bool isFirst)
    {
        (string Name, string Value)[] same =
        [
            (":path", method), (":authority", $"127.0.0.1:{load.Port}"), ("content-type", "application/grpc"), ("te", "trailers"),
            .. load.Authorization is { } credentials ? [("authorization", credentials)] : Array.Empty<(string, string)>(),
        ];
        var block = new List<byte> { PostMethod, HttpScheme };
        for (var n = 0; n < same.Length; n++)
        {
            if (isFirst)
            {
                Literal(block, IntoTable, same[n].Name, same[n].Value);
            }
            else
            {
                // The last one put in has the lowest number.
                block.Add((byte)(FromTable | (TableBegins + same.Length - 1 - n)));
            }
        }

        if (key is not null)
        {
            Literal(block, NotIntoTable, "idempotency-key", key);
        }

        return [.. block];
    }

    /// <summary>A message of gRPC with its prefix.</summary>
    public static byte[] Prefixed(ReadOnlySpan<byte> message)
    {
        var framed = new byte[PrefixLength + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed.AsSpan(PrefixLength));
        return framed;
    }

    /// <summary>Whether the end of a call says that all went well.</summary>
    public static bool IsOk(ReadOnlySpan<byte> trailers) => trailers.IndexOf("grpc-status\u00010"u8) >= 0;

    static void Literal(List<byte> block, byte kind, string name, string value)
    {
        block.Add(kind);
        Text(block, name);
        Text(block, value);
    }

    static void Text(List<byte> block, string text)
    {
        if (text.Length >= TextLengthMax)
        {
            throw new BenchmarkFailedException($"'{text}' is too long for a header here.");
        }

        block.Add((byte)text.Length);
        block.AddRange(Encoding.ASCII.GetBytes(text));
    }
}
