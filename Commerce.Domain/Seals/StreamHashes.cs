using System.Runtime.InteropServices;
using Commerce.Domain.Log;

namespace Commerce.Domain.Seals;

/// <summary>
/// Hashes events as they come in the log's order. Of so many streams the last hash is remembered, some 300 bytes each; of the
/// others it is computed anew from their first event.
/// </summary>
public sealed class StreamHashes(IEventLog log)
{
    /// <summary>Streams that are remembered; once so many more came, those that nothing came of since are forgotten.</summary>
    public const int RememberedMax = 100_000;

    Dictionary<StreamName, StreamEnd> _recent = [];
    Dictionary<StreamName, StreamEnd> _older = [];

    /// <summary>Hashes the next event of the log; false: the events before it in its stream are not remembered, see <see cref="Anew"/>.</summary>
    public bool TryNext(RecordedEvent e, out HashedEvent hashed)
    {
        if (_recent.Count >= RememberedMax)
        {
            (_older, _recent) = (_recent, new(RememberedMax));
        }

        ref var end = ref CollectionsMarshal.GetValueRefOrAddDefault(_recent, e.Stream, out var isRecent);
        if (!isRecent && e.Revision > 0)
        {
            end = _older.GetValueOrDefault(e.Stream);
        }

        var isKnown = end.Events == e.Revision;
        hashed = isKnown ? Hashed(e, end.Hash, ref end) : default;
        return isKnown;
    }

    /// <summary>The same with reading what stands before it in its stream.</summary>
    public async Task<HashedEvent> Anew(RecordedEvent e, CancellationToken cancellationToken)
    {
        var previous = await ComputeBefore(e, cancellationToken).ConfigureAwait(false);
        return Hashed(e, previous, ref CollectionsMarshal.GetValueRefOrAddDefault(_recent, e.Stream, out _));
    }

    static HashedEvent Hashed(RecordedEvent e, Hash256 previous, ref StreamEnd end)
    {
        var content = EventHash.OfContent(e);
        var hash = EventHash.Of(previous, content);
        end = new(e.Revision + 1, hash);
        return new(e, previous, content, hash);
    }

    async Task<Hash256> ComputeBefore(RecordedEvent e, CancellationToken cancellationToken)
    {
        var hash = Hash256.Zero;
        await foreach (var before in log.ReadStream(e.Stream, ReadDirection.Forwards, 0, int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            if (before.Revision >= e.Revision)
            {
                break;
            }

            hash = EventHash.Of(hash, EventHash.OfContent(before));
        }

        return hash;
    }

    /// <summary>How far a stream has been hashed; by itself nothing of it, which is what comes before its first event.</summary>
    readonly record struct StreamEnd(long Events, Hash256 Hash);
}
