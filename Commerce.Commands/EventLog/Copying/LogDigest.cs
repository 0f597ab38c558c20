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
    /// <summary>Of the events up to a position.</summary>
    /// <param name="events">Those of a log from its start.</param>
    /// <param name="end">The last position that counts.</param>
    /// <param name="progress">Told of events and position now and then.</param>
    internal static async Task<LogDigest> Of(IAsyncEnumerable<RecordedEvent> events, LogPosition end, Action<long, LogPosition>? progress)
    {
        using var digest = new LogDigesting();
        await foreach (var e in events)
        {
            if (e.Position > end)
                break;

            digest.Add(e);
            progress?.Invoke(digest.Events, e.Position);
        }

        return digest.Result();
    }
}

/// <summary>A digest that events are added to as they come.</summary>
sealed class LogDigesting : IDisposable
{
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Events so far.</summary>
    public long Events { get; private set; }

    /// <summary>Adds the next event.</summary>
    public void Add(RecordedEvent e)
    {
        Span<byte> fixedPart = stackalloc byte[sizeof(long) + 16];
        BinaryPrimitives.WriteInt64BigEndian(fixedPart, e.Revision);
        e.Id.TryWriteBytes(fixedPart[sizeof(long)..], bigEndian: true, out _);
        _hash.AppendData(fixedPart);
        AddWithLength(Encoding.UTF8.GetBytes(e.Stream.Value));
        AddWithLength(Encoding.UTF8.GetBytes(e.Type));
        AddWithLength(e.Data.Span);
        AddWithLength(CopiedMetadata.Without(e.Metadata).Span);
        Events++;
    }

    /// <summary>The digest of all of them; it begins anew.</summary>
    public LogDigest Result()
    {
        var digest = new LogDigest(Events, Convert.ToHexStringLower(_hash.GetHashAndReset()));
        Events = 0;
        return digest;
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    void AddWithLength(ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        _hash.AppendData(length);
        _hash.AppendData(bytes);
    }
}
