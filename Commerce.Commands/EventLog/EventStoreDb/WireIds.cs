using System.Buffers.Binary;
using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Domain.Log;
using Google.Protobuf;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>Ids and names as the wire has them.</summary>
static class WireIds
{
    /// <summary>The id as two numbers, the first eight bytes of its text and the last.</summary>
    public static UUID ToWire(Guid id)
    {
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

    /// <summary>The id in either form; the empty one where there is none.</summary>
    public static Guid FromWire(UUID? id)
    {
        if (id?.ValueCase != UUID.ValueOneofCase.Structured)
            return Guid.TryParse(id?.String, out var text) ? text : Guid.Empty;

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, id.Structured.MostSignificantBits);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], id.Structured.LeastSignificantBits);
        return new(bytes, bigEndian: true);
    }

    public static StreamIdentifier ToWire(StreamName stream) => new() { StreamName = ByteString.CopyFromUtf8(stream.Value) };
}
