using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Commerce.Domain.Log;
using Commerce.Domain.Snapshots;

namespace Commerce.Commands.Snapshots;

/// <summary>
/// Snapshots as events: the parts of a state in one stream, then, in another, that they are all there. Whatever is cut short is never found;
/// of two who write at once one goes on and the other gives up.
/// </summary>
sealed class SnapshotStore(IEventLog log, TimeProvider time)
{
    /// <summary>Who its events are recorded by.</summary>
    const string Actor = "snapshots";

    /// <summary>Bytes of one part: its event, as Base64, is two thirds of what the log takes at once.</summary>
    const int PartBytes = 512 * 1024;

    /// <summary>What snapshots there are of a stream, newest first.</summary>
    public async Task<List<SnapshotEvent.Taken>> Newest(StreamName stream, int count, CancellationToken cancellationToken)
    {
        var found = new List<SnapshotEvent.Taken>();
        if (SnapshotStreams.Of(stream) is { } names)
        {
            await foreach (var recorded in log.ReadStream(names, ReadDirection.Backwards, long.MaxValue, count, cancellationToken).ConfigureAwait(false))
            {
                if (TryRead(recorded) is SnapshotEvent.Taken taken)
                {
                    found.Add(taken);
                }
            }
        }

        return found;
    }

    /// <summary>The last event that went into the snapshot; null: the stream has another past.</summary>
    public async Task<RecordedEvent?> Last(StreamName stream, SnapshotEvent.Taken taken, CancellationToken cancellationToken)
    {
        await foreach (var recorded in log.ReadStream(stream, ReadDirection.Forwards, taken.Revision, 1, cancellationToken).ConfigureAwait(false))
        {
            return recorded.Revision == taken.Revision && recorded.Id == taken.Event ? recorded : null;
        }

        return null;
    }

    /// <summary>What the parts of a snapshot hold together; null: not what was written, or more than is allowed.</summary>
    public async Task<byte[]?> Read(StreamName stream, SnapshotEvent.Taken taken, int bytesMax, CancellationToken cancellationToken)
    {
        if (SnapshotStreams.PartsOf(stream) is not { } parts || taken.Parts <= 0 || taken.Parts > 1 + (bytesMax / PartBytes))
        {
            return null;
        }

        using var bytes = new MemoryStream();
        await foreach (var recorded in log.ReadStream(parts, ReadDirection.Forwards, taken.FirstPart, taken.Parts, cancellationToken).ConfigureAwait(false))
        {
            if (TryRead(recorded) is SnapshotEvent.Part part && Base64Url.IsValid(part.Data))
            {
                bytes.Write(Base64Url.DecodeFromChars(part.Data));
            }
        }

        var all = bytes.ToArray();
        return HashOf(all) == taken.Sha256 ? all : null;
    }

    /// <summary>Keeps a snapshot; false: somebody else does so at this moment, or the stream's name is too long to have one.</summary>
    public async Task<bool> Write(StreamName stream, long revision, Guid @event, int shape, byte[] bytes, CancellationToken cancellationToken)
    {
        if (SnapshotStreams.Of(stream) is not { } names || SnapshotStreams.PartsOf(stream) is not { } parts)
        {
            return false;
        }

        long? first = null;
        var count = 0;
        foreach (var chunk in bytes.Chunk(PartBytes))
        {
            var expected = first is { } begun ? ExpectedRevision.Exact(begun + count - 1) : ExpectedRevision.Any;
            if (await log.Append(parts, expected, [New(new SnapshotEvent.Part(Base64Url.EncodeToString(chunk)))], cancellationToken).ConfigureAwait(false) is not AppendResult.Appended appended)
            {
                return false;
            }

            first ??= appended.Revision;
            count++;
        }

        await log.Append(names, ExpectedRevision.Any, [New(new SnapshotEvent.Taken(revision, @event, shape, first ?? 0, count, HashOf(bytes)))], cancellationToken).ConfigureAwait(false);
        return true;
    }

    NewEvent New(SnapshotEvent @event)
    {
        var now = time.GetUtcNow();
        return new(Guid.CreateVersion7(now), EventCatalog.NameOf(@event), EventCatalog.ToJson(@event), new EventMetadata { OccurredAt = now, Actor = Actor }.ToJson());
    }

    static string HashOf(byte[] bytes) => Base64Url.EncodeToString(SHA256.HashData(bytes));

    // What nobody can read is no snapshot.
    static object? TryRead(RecordedEvent recorded)
    {
        try
        {
            return EventCatalog.Read(recorded);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
