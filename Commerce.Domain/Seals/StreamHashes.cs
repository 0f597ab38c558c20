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

    Dictionary<StreamName, (long Revision, Hash256 Hash)> _recent = [];
    Dictionary<StreamName, (long Revision, Hash256 Hash)> _older = [];

    /// <summary>Hashes the next event of the log.</summary>
    /// <param name="e">The event.</param>
    /// <param name="content">Hash of its content.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<HashedEvent> Next(RecordedEvent e, Hash256 content, CancellationToken cancellationToken) =>
        e.Revision == 0 ? new(Hashed(e, Hash256.Zero, content))
        : Remembered(e.Stream) is { } known && known.Revision == e.Revision - 1 ? new(Hashed(e, known.Hash, content))
        : new(Anew(e, content, cancellationToken));

    async Task<HashedEvent> Anew(RecordedEvent e, Hash256 content, CancellationToken cancellationToken) =>
        Hashed(e, await ComputeBefore(e, cancellationToken).ConfigureAwait(false), content);

    HashedEvent Hashed(RecordedEvent e, Hash256 previous, Hash256 content)
    {
        var hash = EventHash.Of(previous, content);
        if (_recent.Count >= RememberedMax && !_recent.ContainsKey(e.Stream))
        {
            (_older, _recent) = (_recent, new(RememberedMax));
        }

        _recent[e.Stream] = (e.Revision, hash);
        return new(e, previous, content, hash);
    }

    (long Revision, Hash256 Hash)? Remembered(StreamName stream) =>
        _recent.TryGetValue(stream, out var known) || _older.TryGetValue(stream, out known) ? known : null;

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
}
