using Commerce.Domain.Log;
using Commerce.Domain.Seals;

namespace Commerce.Projections.Auditing.Sealing;

/// <summary>
/// Reads the whole log again and holds it against its seals: whether every sealed event is there, unchanged, at its place, and
/// whether the seals are the ones that were made. What is not sealed yet is counted, and nothing is said about it.
/// </summary>
public sealed class SealVerifier(IEventLog log)
{
    /// <summary>Events read beyond a seal's own where they differ: so many may have been added within it before it is at a loss.</summary>
    const int AheadMax = SealLog.EventsMax;

    readonly List<SealFinding> _findings = [];
    readonly List<HashedEvent> _standing = [];
    readonly Hash256[] _leaves = new Hash256[SealLog.EventsMax];
    long _findingsTotal;

    /// <summary>Verifies it.</summary>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    public async Task<SealReport> Run(SealOptions options, IProgress<SealProgress>? progress, CancellationToken cancellationToken)
    {
        var total = await SealedLog.Last(log, cancellationToken).ConfigureAwait(false) is { } last ? last.Seal.End : 0;
        var chain = new SealChain(options, Find);
        var before = options.FromSeal > 0 ? await SealBefore(options.FromSeal, cancellationToken).ConfigureAwait(false) : null;
        chain.Begin(before);
        if (options.FromSeal > 0 && before is null)
        {
            Find(new("seal-missing", $"There is no seal {options.FromSeal - 1} to go on from: the log has fewer, or the last ones were removed.", options.FromSeal - 1));
        }

        var events = await SealedEvents.Begin(log, before, new StreamHashes(log), cancellationToken).ConfigureAwait(false);
        await using (events.ConfigureAwait(false))
        {
            var seen = 0L;
            await foreach (var seal in SealedLog.Seals(log, options.FromSeal, cancellationToken).ConfigureAwait(false))
            {
                seen += await Compare(seal, chain.Check(seal), events).ConfigureAwait(false);
                progress?.Report(new(seen, total));
            }

            chain.End();
            return new()
            {
                Events = seen,
                Seals = chain.Seals,
                SignaturesChecked = chain.SignaturesChecked,
                LastSeal = chain.Last?.Number,
                LastDigest = chain.Last?.Digest,
                Unsealed = await CountRest(events).ConfigureAwait(false),
                Findings = _findings,
                FindingsTotal = _findingsTotal,
            };
        }
    }

    async Task<SealEvent.Sealed?> SealBefore(long number, CancellationToken cancellationToken)
    {
        await foreach (var seal in SealedLog.Seals(log, number - 1, cancellationToken).ConfigureAwait(false))
        {
            return seal;
        }

        return null;
    }

    async Task<int> Compare(SealEvent.Sealed seal, ulong[]? contents, SealedEvents events)
    {
        // Of a forged seal too, which may say any number.
        var count = Math.Clamp(seal.Count, 0, SealLog.EventsMax);
        await events.Fill(_standing, count).ConfigureAwait(false);
        var taken = Math.Min(count, _standing.Count);
        if (contents is not null && !IsAsSealed(contents))
        {
            await events.Fill(_standing, count + AheadMax).ConfigureAwait(false);
            (var findings, taken) = new SealAlignment(seal, contents, _standing).Compare();
            foreach (var finding in findings)
            {
                Find(finding);
            }
        }

        CheckRoot(seal, taken);
        _standing.RemoveRange(0, taken);
        return taken;
    }

    bool IsAsSealed(ulong[] contents)
    {
        for (var n = 0; n < contents.Length; n++)
        {
            if (n >= _standing.Count || _standing[n].Content.Prefix != contents[n])
            {
                return false;
            }
        }

        return true;
    }

    // What was changed, added or removed changes the hashes of all that follow in its stream: that is told once, where it was.
    void CheckRoot(SealEvent.Sealed seal, int taken)
    {
        if (_findingsTotal == 0 && (taken != seal.Count || RootOf(taken).ToString() != seal.Root))
        {
            Find(new("seal-broken", $"The events of seal {seal.Number} look as they were sealed and do not lead to its root: what came before in one of their streams is not what it was.", seal.Number));
        }
    }

    Hash256 RootOf(int count)
    {
        var leaves = count <= _leaves.Length ? _leaves.AsSpan(0, count) : new Hash256[count];
        for (var n = 0; n < count; n++)
        {
            leaves[n] = _standing[n].Hash;
        }

        return MerkleTree.RootWithin(leaves);
    }

    async Task<long> CountRest(SealedEvents events)
    {
        var rest = 0L;
        do
        {
            rest += _standing.Count;
            _standing.Clear();
            await events.Fill(_standing, SealLog.EventsMax).ConfigureAwait(false);
        }
        while (_standing.Count > 0);
        return rest;
    }

    void Find(SealFinding finding)
    {
        _findingsTotal++;
        if (_findings.Count < SealOptions.FindingsListedMax)
        {
            _findings.Add(finding);
        }
    }
}
