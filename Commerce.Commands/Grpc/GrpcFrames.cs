using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace Commerce.Commands.Grpc;

/// <summary>
/// Length-prefixed messages, as gRPC puts them on HTTP/2: a flag (0: not compressed), the length as four bytes, big-endian,
/// then the message. Source: gRPC over HTTP2, "Length-Prefixed-Message".
/// </summary>
static class GrpcFrames
{
    /// <summary>Bytes before each message.</summary>
    public const int PrefixBytes = 5;

    /// <summary>Puts one message behind what the buffer holds.</summary>
    public static void Write(IBufferWriter<byte> buffer, IMessage message)
    {
        var prefix = buffer.GetSpan(PrefixBytes);
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], message.CalculateSize());
        buffer.Advance(PrefixBytes);
        message.WriteTo(buffer);
    }

    /// <summary>Takes the first whole message off the buffer, or nothing where its end has not arrived.</summary>
    /// <exception cref="GrpcException">It is compressed, or longer than <paramref name="messageBytesMax"/>.</exception>
    public static bool TryTake(ref ReadOnlySequence<byte> buffer, int messageBytesMax, out ReadOnlySequence<byte> message)
    {
        message = default;
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryRead(out var flag) || !reader.TryReadBigEndian(out int length))
            return false;

        if (flag != 0)
            throw new GrpcException(GrpcStatusCode.Unimplemented, "The message is compressed, which was not agreed on.");

        if ((uint)length > messageBytesMax)
            throw new GrpcException(GrpcStatusCode.ResourceExhausted, $"A message of {(uint)length} bytes is over the limit of {messageBytesMax}.");

        if (!reader.TryReadExact(length, out message))
            return false;

        buffer = reader.UnreadSequence;
        return true;
    }
}
