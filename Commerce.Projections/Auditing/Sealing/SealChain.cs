using Commerce.Domain.Seals;

namespace Commerce.Projections.Auditing.Sealing;

/// <summary>The seals one after another: each has to be whole, to follow the one before it, and to be signed if that one was.</summary>
/// <param name="options">What is demanded.</param>
/// <param name="find">Told what is wrong.</param>
sealed class SealChain(SealOptions options, Action<SealFinding> find)
{
    bool _isExpectedMet = options.ExpectedDigest is null;

    /// <summary>The last seal so far.</summary>
    public SealEvent.Sealed? Last { get; private set; }

    /// <summary>Seals so far.</summary>
    public long Seals { get; private set; }

    /// <summary>Signatures checked so far.</summary>
    public long SignaturesChecked { get; private set; }

    /// <summary>Begins behind a seal that is believed.</summary>
    public void Begin(SealEvent.Sealed? believed) => Last = believed;

    /// <summary>Checks the next seal.</summary>
    /// <returns>What it sealed; null: it does not say.</returns>
    public ulong[]? Check(SealEvent.Sealed seal)
    {
        Seals++;
        var contents = ContentsOf(seal);
        if (contents is null || seal.ComputeDigest().ToString() != seal.Digest)
        {
            find(new("seal-broken", $"Seal {seal.Number} is not what its digest says.", seal.Number));
        }

        var (number, first, digest) = Last is null ? (0, 0, null) : (Last.Number + 1, Last.End, Last.Digest);
        if (seal.Number != number || seal.First != first || seal.Previous != digest)
        {
            find(new("seal-missing", $"Seal {seal.Number} does not follow {(Last is null ? "nothing" : $"seal {Last.Number}")}: one between them was removed, added or changed.", seal.Number));
        }

        CheckSignature(seal);
        _isExpectedMet |= seal.Digest == options.ExpectedDigest;
        Last = seal;
        return contents;
    }

    /// <summary>All seals have been checked.</summary>
    public void End()
    {
        if (!_isExpectedMet)
        {
            find(new("seal-missing", $"No seal has the digest {options.ExpectedDigest}: the log up to that seal is not the one that it was taken of.", null));
        }

        if (options.Key is not null && Last is { Signature: null } && SignaturesChecked == 0 && Seals > 0)
        {
            find(new("seal-signature", "None of the seals is signed: whoever changed the log may have made all of them anew.", Last.Number));
        }
    }

    void CheckSignature(SealEvent.Sealed seal)
    {
        if (seal.Signature is null && Last?.Signature is not null)
        {
            find(new("seal-signature", $"Seal {seal.Number} is not signed, and the one before it is.", seal.Number));
        }

        if (options.Key is not { } key || seal.Signature is null)
        {
            return;
        }

        SignaturesChecked++;
        if (Hash256.TryParse(seal.Digest) is not { } digest || !key.Verifies(digest, seal.Signature))
        {
            find(new("seal-signature", $"The signature of seal {seal.Number} is not of this key over its digest.", seal.Number));
        }
    }

    static ulong[]? ContentsOf(SealEvent.Sealed seal)
    {
        try
        {
            return seal.Count is >= 1 and <= SealLog.EventsMax && seal.ContentPrefixes() is { } contents && contents.Length == seal.Count ? contents : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
