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

    /// <summary>Bytes of one part: as Base64 its text is not large to the collector.</summary>
    const int PartBytes = 24 * 1024;

    /// <summary>Parts of one append: half of what the log takes at once, so that whoever waits behind it does not wait long.</summary>
    const int PartsAtOnce = 16;

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

    /// <summary>Reads what the parts of a snapshot hold together, to be read from its beginning; false: not what was written, or more than is allowed.</summary>
    public async Task<bool> TryRead(StreamName stream, SnapshotEvent.Taken taken, int bytesMax, Stream to, CancellationToken cancellationToken)
    {
        if (SnapshotStreams.PartsOf(stream) is not { } parts || taken.Parts <= 0 || taken.Parts > 1 + (bytesMax / PartBytes))
        {
            return false;
        }

        await foreach (var recorded in log.ReadStream(parts, ReadDirection.Forwards, taken.FirstPart, taken.Parts, cancellationToken).ConfigureAwait(false))
        {
            if (TryRead(recorded) is SnapshotEvent.Part part && Base64Url.IsValid(part.Data))
            {
                to.Write(Base64Url.DecodeFromChars(part.Data));
            }

            // There were larger parts once.
            if (to.Length > bytesMax)
            {
                return false;
            }
        }

        var isWhole = HashOf(to) == taken.Sha256;
        to.Position = 0;
        return isWhole;
    }

    /// <summary>Keeps a snapshot; false: somebody else does so at this moment, or the stream's name is too long to have one.</summary>
    public async Task<bool> Write(StreamName stream, long revision, Guid @event, int shape, Stream bytes, CancellationToken cancellationToken)
    {
        if (SnapshotStreams.Of(stream) is not { } names || SnapshotStreams.PartsOf(stream) is not { } parts)
        {
            return false;
        }

        var hash = HashOf(bytes);
        bytes.Position = 0;
        var (count, last) = (0, -1L);
        for (var next = NextParts(bytes); next.Count > 0; next = NextParts(bytes))
        {
            var expected = count > 0 ? ExpectedRevision.Exact(last) : ExpectedRevision.Any;
            if (await log.Append(parts, expected, next, cancellationToken).ConfigureAwait(false) is not AppendResult.Appended appended)
            {
                return false;
            }

            (count, last) = (count + next.Count, appended.Revision);
        }

        await log.Append(names, ExpectedRevision.Any, [New(new SnapshotEvent.Taken(revision, @event, shape, last - count + 1, count, hash))], cancellationToken).ConfigureAwait(false);
        return true;
    }

    List<NewEvent> NextParts(Stream bytes)
    {
        var parts = new List<NewEvent>(PartsAtOnce);
        var buffer = new byte[PartBytes];
        while (parts.Count < PartsAtOnce && bytes.ReadAtLeast(buffer, PartBytes, throwOnEndOfStream: false) is var length and > 0)
        {
            parts.Add(New(new SnapshotEvent.Part(Base64Url.EncodeToString(buffer.AsSpan(0, length)))));
        }

        return parts;
    }

    NewEvent New(SnapshotEvent @event)
    {
        var now = time.GetUtcNow();
        return new(Guid.CreateVersion7(now), EventCatalog.NameOf(@event), EventCatalog.ToJson(@event), new EventMetadata { OccurredAt = now, Actor = Actor }.ToJson());
    }

    static string HashOf(Stream bytes)
    {
        bytes.Position = 0;
        return Base64Url.EncodeToString(SHA256.HashData(bytes));
    }

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
