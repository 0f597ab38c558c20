using Commerce.Domain.Seals;

namespace Commerce.Projections.Auditing.Sealing;

/// <summary>What a verification of the seals demands.</summary>
public sealed record SealOptions
{
    /// <summary>Findings listed at most; all are counted.</summary>
    public const int FindingsListedMax = 1_000;

    /// <summary>Number of the first seal that is verified; what lies before it is believed.</summary>
    public long FromSeal { get; init; }

    /// <summary>Checks signatures; null: they are not.</summary>
    public SealKey? Key { get; init; }

    /// <summary>Digest that one of the seals must have, as it was kept elsewhere; null: none in particular.</summary>
    public string? ExpectedDigest { get; init; }
}

/// <summary>How far a verification is.</summary>
/// <param name="Events">Sealed events looked at.</param>
/// <param name="Total">Sealed events in all.</param>
public readonly record struct SealProgress(long Events, long Total);
