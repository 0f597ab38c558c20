using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.Copying;

/// <summary>What a log holds, in a number and a hash.</summary>
/// <param name="Events">How many events.</param>
/// <param name="Sha256">
/// SHA-256, in hexadecimal digits, over the events in their order: stream, revision, id, type, data and metadata, without positions and
/// times, which are each log's own (<see cref="CopiedMetadata"/>). Lengths stand before what varies in length.
/// </param>
public sealed record LogDigest(long Events, string Sha256)
{
    /// <summary>Reads a log from the start to a position.</summary>
    /// <param name="log">The log.</param>
    /// <param name="end">The last position that counts.</param>
    /// <param name="progress">Told of events and position now and then.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static async Task<LogDigest> Of(IEventLog log, LogPosition end, Action<long, LogPosition>? progress, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var events = 0L;
        await foreach (var e in log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, cancellationToken))
        {
            if (e.Position > end)
                break;

            Add(hash, e);
            events++;
            progress?.Invoke(events, e.Position);
        }

        return new(events, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    static void Add(IncrementalHash hash, RecordedEvent e)
    {
        Span<byte> fixedPart = stackalloc byte[sizeof(long) + 16];
        BinaryPrimitives.WriteInt64BigEndian(fixedPart, e.Revision);
        e.Id.TryWriteBytes(fixedPart[sizeof(long)..], bigEndian: true, out _);
        hash.AppendData(fixedPart);
        AddWithLength(hash, Encoding.UTF8.GetBytes(e.Stream.Value));
        AddWithLength(hash, Encoding.UTF8.GetBytes(e.Type));
        AddWithLength(hash, e.Data.Span);
        AddWithLength(hash, CopiedMetadata.Without(e.Metadata).Span);
    }

    static void AddWithLength(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
