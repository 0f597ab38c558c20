using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Commerce.Benchmarks.Load;

/// <summary>A command over gRPC built once, in which only the number of its key and of its HTTP/2 stream change.</summary>
sealed class GrpcTemplate
{
    const int Digits = 10;
    const byte IdTag = 0x08;
    const byte KeyTag = 0x12;

    readonly byte[] _bytes;
    readonly int _keyAt;
    readonly int[] _streamAt;

    GrpcTemplate(byte[] bytes, string key, params int[] streamAt)
    {
        (_bytes, _streamAt) = (bytes, streamAt);
        _keyAt = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(key)) + key.Length - Digits;
    }

    /// <summary>A call of its own: its headers, and its message as its end.</summary>
    /// <param name="plan">What is sent.</param>
    /// <param name="load">Where to, as whom and under which keys.</param>
    /// <param name="isFirst">Whether it is the first on its connection.</param>
    public static GrpcTemplate Call(GrpcPlan plan, LoadPlan load, bool isFirst)
    {
        var key = KeyOf(load.KeyPrefix);
        var headers = Http2Frames.Frame(Http2Frames.Headers, Http2Frames.EndHeaders, 0, Http2Frames.CallHeaders(load, plan.Method, key, isFirst));
        var data = Http2Frames.Frame(Http2Frames.Data, Http2Frames.EndStream, 0, Http2Frames.Prefixed(plan.Message));
        return new([.. headers, .. data], key, 5, headers.Length + 5);
    }

    /// <summary>A message on the connection's one call.</summary>
    /// <param name="plan">What is sent.</param>
    /// <param name="lane">Its id, below 16,384.</param>
    /// <param name="keyPrefix">What its key begins with.</param>
    /// <param name="stream">The call's HTTP/2 stream.</param>
    public static GrpcTemplate Message(GrpcPlan plan, int lane, string keyPrefix, int stream)
    {
        var key = KeyOf(keyPrefix);
        byte[] command =
        [
            IdTag, .. Varint(lane), KeyTag, (byte)key.Length, .. Encoding.ASCII.GetBytes(key), .. Varint((plan.MessageField << 3) | 2), .. Varint(plan.Message.Length), .. plan.Message,
        ];
        return new(Http2Frames.Frame(Http2Frames.Data, 0, stream, Http2Frames.Prefixed(command)), key);
    }

    /// <summary>The bytes of that number; valid until the next are asked for.</summary>
    /// <param name="number">The command's number.</param>
    /// <param name="stream">The HTTP/2 stream of a call of its own.</param>
    public ReadOnlySpan<byte> For(long number, int stream)
    {
        if (!number.TryFormat(_bytes.AsSpan(_keyAt, Digits), out _, "D10", CultureInfo.InvariantCulture))
        {
            throw new BenchmarkFailedException($"{number} has more than {Digits} digits.");
        }

        foreach (var at in _streamAt)
        {
            BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(at), stream);
        }

        return _bytes;
    }

    static string KeyOf(string prefix) => prefix + new string('0', Digits);

    static byte[] Varint(int value) => value < 128 ? [(byte)value] : [(byte)((value & 127) | 128), .. Varint(value >> 7)];
}
