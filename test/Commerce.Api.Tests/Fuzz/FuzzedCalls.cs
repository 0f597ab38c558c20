using System.Buffers.Binary;
using Commerce.Api.Tests.Grpc;
using Google.Protobuf.Reflection;

namespace Commerce.Api.Tests.Fuzz;

/// <summary>A call of gRPC, as it goes over the wire.</summary>
/// <param name="Number">Its number: with the seed it is the same again.</param>
/// <param name="Path">Service and method.</param>
/// <param name="Metadata">Headers beside those that every call has.</param>
/// <param name="Bytes">Its messages, each in its frame.</param>
/// <param name="IsGarbled">Whether the bytes are no messages of that method: the library answers that, without a code of ours.</param>
sealed record FuzzedCall(int Number, string Path, IReadOnlyList<(string Name, string Value)> Metadata, byte[] Bytes, bool IsGarbled);

/// <summary>Every call of a seed, each by its number, of every method that the contract's descriptors tell of.</summary>
sealed class FuzzedCalls(int seed, Values values)
{
    /// <summary>Bytes before a message: whether it is compressed, and its length (gRPC over HTTP/2, Length-Prefixed-Message).</summary>
    const int FrameBytes = 5;

    /// <summary>What lives on until its client goes has that long.</summary>
    const string StreamTime = "200m";

    static readonly (string, string)[] OddMetadata =
    [
        ("grpc-encoding", "gzip"), ("grpc-encoding", "x"), ("grpc-accept-encoding", "x"), ("grpc-timeout", "x"), ("grpc-timeout", "0n"), ("idempotency-key", "\""), ("idempotency-key", "a,b"), ("if-match", "x"), ("if-match", "\"1\""),
        ("commerce-min-position", "x"), ("commerce-min-position", "0"), ("authorization", "Bearer x"), ("x-a-bin", "!"), ("traceparent", "x"), ("user-agent", "a"),
    ];

    readonly FuzzedMessage _messages = new(values);
    readonly MethodDescriptor[] _methods = [.. GrpcContract.Files.SelectMany(f => f.Services).SelectMany(s => s.Methods)];

    /// <summary>The call of that number.</summary>
    public FuzzedCall Get(int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        var method = Values.One(random, _methods);
        var metadata = new List<(string, string)> { ("grpc-timeout", method.IsServerStreaming ? StreamTime : "30S") };
        if (!Values.Once(random, 20))
        {
            metadata.Add(("idempotency-key", Values.Once(random, 3) ? $"\"rpc-{random.Next(200)}\"" : $"rpc-{number}"));
        }

        // What would live on for ever keeps its time.
        if (Values.Once(random, 8) && Values.One(random, OddMetadata) is var (name, value) && !(method.IsServerStreaming && name == "grpc-timeout"))
        {
            metadata.RemoveAll(m => m.Item1 == name);
            metadata.Add((name, value));
        }

        var isGarbled = Values.Once(random, 6);
        var path = Values.Once(random, 60) ? $"/commerce.v1.Nothing/{method.Name}" : $"/{method.Service.FullName}/{method.Name}";
        return new(number, path, metadata, isGarbled ? Garbled(random, method) : Frames(random, method), isGarbled);
    }

    byte[] Frames(Random random, MethodDescriptor method)
    {
        var count = method.IsClientStreaming ? random.Next(5) : 1;
        return [.. Enumerable.Range(0, count).SelectMany(_ => Framed(_messages.For(random, method.InputType, Values.Once(random, 4) ? 4 : 40), 0, null))];
    }

    byte[] Garbled(Random random, MethodDescriptor method)
    {
        var good = _messages.For(random, method.InputType, 40);
        return random.Next(7) switch
        {
            0 => [],
            1 => FuzzedMessage.Noise(random),
            2 => Framed(good, 0, uint.MaxValue),
            3 => Framed(good, 0, (uint)good.Length + 1),
            4 => Framed(good, (byte)random.Next(1, 256), null),
            5 => [.. Framed(good, 0, null), .. Framed(good, 0, null)],
            _ => Framed(FuzzedMessage.Noise(random), 0, null),
        };
    }

    static byte[] Framed(byte[] message, byte flag, uint? length)
    {
        var frame = new byte[FrameBytes + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length ?? (uint)message.Length);
        message.CopyTo(frame, FrameBytes);
        return frame;
    }
}
