using Commerce.Domain.Log;
using Commerce.Domain.Seals;

namespace Commerce.Projections.Auditing.Sealing;

/// <summary>Proves that an event is in the log. It reads the log up to that event's seal, for only that tells the tree that the event is a leaf of.</summary>
public sealed class SealProver(IEventLog log)
{
    /// <summary>The proof.</summary>
    /// <param name="eventId">Id of the event.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SealProofException">There is no such event, or nothing vouches for it (yet).</exception>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    public async Task<InclusionProof> Prove(Guid eventId, CancellationToken cancellationToken)
    {
        var events = await SealedEvents.Begin(log, after: null, new StreamHashes(log), cancellationToken).ConfigureAwait(false);
        await using (events.ConfigureAwait(false))
        {
            var leaves = new List<HashedEvent>(SealLog.EventsMax);
            await foreach (var seal in SealedLog.Seals(log, 0, cancellationToken).ConfigureAwait(false))
            {
                leaves.Clear();
                await events.Fill(leaves, Math.Clamp(seal.Count, 0, SealLog.EventsMax)).ConfigureAwait(false);
                if (leaves.FindIndex(l => l.Event.Id == eventId) is var index and >= 0)
                {
                    return Checked(ProofOf(leaves, index, seal));
                }
            }

            do
            {
                leaves.Clear();
                await events.Fill(leaves, SealLog.EventsMax).ConfigureAwait(false);
                if (leaves.Exists(l => l.Event.Id == eventId))
                {
                    throw new SealProofException($"Event {eventId} is not sealed yet: audit seal does it now.");
                }
            }
            while (leaves.Count > 0);
        }

        throw new SealProofException($"The log holds no event {eventId}.");
    }

    static InclusionProof ProofOf(List<HashedEvent> leaves, int index, SealEvent.Sealed seal)
    {
        var (e, previous) = (leaves[index].Event, leaves[index].Previous);
        return new(
            InclusionProof.FormatName,
            new(e.Stream.Value, e.Revision, e.Id, e.Type, e.Data.ToArray(), e.Metadata.ToArray()),
            previous.ToString(),
            index,
            [.. MerkleTree.Path([.. leaves.Select(l => l.Hash)], index).Select(h => h.ToString())],
            seal);
    }

    static InclusionProof Checked(InclusionProof proof) =>
        proof.Refuted() is null ? proof : throw new SealProofException("The log is not what was sealed, so nothing can be proven from it: audit verify says where.");
}

/// <summary>A proof that cannot be given; the message says why in one sentence.</summary>
public sealed class SealProofException(string message) : Exception(message);
