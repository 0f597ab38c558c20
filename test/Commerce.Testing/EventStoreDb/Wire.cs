using System.Buffers;
using System.Buffers.Binary;
using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Commands.Grpc;
using Google.Protobuf;

namespace Commerce.Testing.EventStoreDb;

/// <summary>How a reader wants ids.</summary>
enum UuidForm
{
    Structured,
    String,
}

/// <summary>Ids on the wire: two big-endian halves, or text.</summary>
static class WireUuid
{
    public static UUID From(Guid id, UuidForm form)
    {
        if (form == UuidForm.String)
            return new() { String = id.ToString() };

        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return new()
        {
            Structured = new()
            {
                MostSignificantBits = BinaryPrimitives.ReadInt64BigEndian(bytes),
                LeastSignificantBits = BinaryPrimitives.ReadInt64BigEndian(bytes[8..]),
            },
        };
    }

    /// <exception cref="FormatException">It is none.</exception>
    public static Guid ToGuid(UUID? id)
    {
        if (id?.ValueCase == UUID.ValueOneofCase.String)
            return Guid.Parse(id.String);
        if (id?.Structured is not { } halves)
            throw new FormatException("The id is missing.");

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, halves.MostSignificantBits);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], halves.LeastSignificantBits);
        return new(bytes, bigEndian: true);
    }
}

/// <summary>Names of streams on the wire.</summary>
static class WireStream
{
    public static StreamIdentifier From(string name) => new() { StreamName = ByteString.CopyFromUtf8(name) };

    /// <exception cref="GrpcException">There is none.</exception>
    public static string Name(StreamIdentifier? stream) => stream is { StreamName.IsEmpty: false }
        ? stream.StreamName.ToStringUtf8()
        : throw new GrpcException(GrpcStatusCode.InvalidArgument, "The name of the stream is missing.");
}

/// <summary>A message with its prefix.</summary>
static class WireFrame
{
    public static byte[] Of(IMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>(GrpcFrames.PrefixBytes + message.CalculateSize());
        GrpcFrames.Write(buffer, message);
        return buffer.WrittenSpan.ToArray();
    }
}
