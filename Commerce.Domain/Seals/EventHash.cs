using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Commerce.Domain.Log;

namespace Commerce.Domain.Seals;

/// <summary>
/// What an event is hashed to. A storage format: seals of years ago are checked by it. The content is stream, revision, id, type,
/// data and metadata, each text and each body behind its length (4 bytes), numbers with the highest byte first. The event's hash
/// is over its content's and that of the event before it in its stream, so that it vouches for all of the stream up to there.
/// </summary>
/// <remarks>
/// Its place in the whole log is what the seal says. When an engine took it is not hashed, and what a copy notes of that is taken off
/// (<see cref="CopiedMetadata"/>): a copy of a log is as good as the log.
/// </remarks>
public static class EventHash
{
    /// <summary>Bytes beyond which the buffer is a rented one.</summary>
    const int StackMax = 2_048;

    /// <summary>Hash of what an event says and where it stands in its stream.</summary>
    public static Hash256 OfContent(RecordedEvent e)
    {
        var stream = e.Stream.Value;
        var metadata = CopiedMetadata.Without(e.Metadata);
        var size = (4 * sizeof(int)) + Encoding.UTF8.GetMaxByteCount(stream.Length) + sizeof(long) + 16 + Encoding.UTF8.GetMaxByteCount(e.Type.Length) + e.Data.Length + metadata.Length;
        var rented = size > StackMax ? ArrayPool<byte>.Shared.Rent(size) : null;
        Span<byte> buffer = rented is null ? stackalloc byte[StackMax] : rented;
        var rest = buffer;
        Text(ref rest, stream);
        BinaryPrimitives.WriteInt64BigEndian(rest, e.Revision);
        e.Id.TryWriteBytes(rest[sizeof(long)..], bigEndian: true, out _);
        rest = rest[(sizeof(long) + 16)..];
        Text(ref rest, e.Type);
        Body(ref rest, e.Data.Span);
        Body(ref rest, metadata.Span);
        var hash = Sha256.Of(buffer[..^rest.Length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return hash;
    }

    /// <summary>Hash of an event.</summary>
    /// <param name="previous">That of the event before it in its stream; of the first one <see cref="Hash256.Zero"/>.</param>
    /// <param name="content">That of its content.</param>
    public static Hash256 Of(Hash256 previous, Hash256 content) => MerkleTree.Leaf(previous, content);

    static void Text(ref Span<byte> rest, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, rest[sizeof(int)..]);
        BinaryPrimitives.WriteInt32BigEndian(rest, length);
        rest = rest[(sizeof(int) + length)..];
    }

    static void Body(ref Span<byte> rest, ReadOnlySpan<byte> body)
    {
        BinaryPrimitives.WriteInt32BigEndian(rest, body.Length);
        body.CopyTo(rest[sizeof(int)..]);
        rest = rest[(sizeof(int) + body.Length)..];
    }
}
