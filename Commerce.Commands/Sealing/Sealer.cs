using Commerce.Domain.Log;
using Commerce.Domain.Seals;

namespace Commerce.Commands.Sealing;

/// <summary>
/// Seals what the log holds and no seal covers yet. It takes no part in appending: it reads behind, and whatever it is cut short
/// at, the next time goes on. Where two seal at once, one of them finds its place taken and leaves it at that.
/// </summary>
public sealed class Sealer(IEventLog log, SealKey? key, TimeProvider time)
{
    /// <summary>Who its events are recorded by.</summary>
    public const string Actor = "sealer";

    readonly StreamHashes _hashes = new(log);

    /// <summary>Seals everything up to the log's head.</summary>
    /// <returns>The new seals.</returns>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    /// <exception cref="SealKeyException">The key cannot sign.</exception>
    public async Task<IReadOnlyList<SealEvent.Sealed>> SealAll(CancellationToken cancellationToken)
    {
        var (last, revision) = await SealedLog.Last(log, cancellationToken).ConfigureAwait(false) is { } found ? (found.Seal, found.Revision) : (null, -1L);
        var made = new List<SealEvent.Sealed>();
        var waiting = new List<HashedEvent>(SealLog.EventsMax);
        var events = await SealedEvents.Begin(log, last, _hashes, cancellationToken).ConfigureAwait(false);
        await using (events.ConfigureAwait(false))
        {
            do
            {
                waiting.Clear();
                await events.Fill(waiting, SealLog.EventsMax).ConfigureAwait(false);
            }
            while (waiting.Count > 0 && await Seal().ConfigureAwait(false));
        }

        return made;

        async Task<bool> Seal()
        {
            var seal = Next(last, waiting);
            if (!await Append(seal, revision, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            (last, revision) = (seal, revision + 1);
            made.Add(seal);
            return true;
        }
    }

    SealEvent.Sealed Next(SealEvent.Sealed? last, List<HashedEvent> events)
    {
        var through = events[^1].Event;
        var seal = new SealEvent.Sealed(
            last is null ? 0 : last.Number + 1,
            last?.End ?? 0,
            events.Count,
            through.Stream,
            through.Revision,
            through.Id,
            MerkleTree.Root([.. events.Select(e => e.Hash)]).ToString(),
            SealEvent.Sealed.ContentsOf([.. events.Select(e => e.Content)]),
            last?.Digest,
            Digest: string.Empty,
            key?.Id,
            Signature: null);
        var digest = seal.ComputeDigest();
        return seal with { Digest = digest.ToString(), Signature = key?.Sign(digest) };
    }

    async Task<bool> Append(SealEvent.Sealed seal, long revision, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var metadata = new EventMetadata { OccurredAt = now, Actor = Actor };
        var e = new NewEvent(Guid.CreateVersion7(now), EventCatalog.NameOf(seal), EventCatalog.ToJson(seal), metadata.ToJson());
        return await log.Append(SealLog.Stream, ExpectedRevision.Exact(revision), [e], cancellationToken).ConfigureAwait(false) is AppendResult.Appended;
    }
}
