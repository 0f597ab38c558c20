using System.Text.Json;
using Commerce.Domain.Log;

namespace Commerce.Domain.Seals;

/// <summary>Proves, without the log, that an event is in it: whoever knows the seal's digest needs to trust nobody else.</summary>
/// <param name="Format">Always <see cref="FormatName"/>.</param>
/// <param name="Event">The event, with every byte of it.</param>
/// <param name="PreviousHash">Hash of the event before it in its stream; of the first one zeros.</param>
/// <param name="Index">Its place among those that the seal seals, from 0.</param>
/// <param name="Path">Its siblings in the Merkle tree, the lowest first.</param>
/// <param name="Seal">The seal.</param>
public sealed record InclusionProof(string Format, ProvenEvent Event, string PreviousHash, int Index, IReadOnlyList<string> Path, SealEvent.Sealed Seal)
{
    /// <summary>What such a file says it is.</summary>
    public const string FormatName = "commerce-inclusion-proof.v1";

    /// <summary>Siblings at most: those of the largest seal.</summary>
    const int PathMax = 32;

    /// <summary>Checks it.</summary>
    /// <returns>Null: it holds. Else what does not, in one sentence.</returns>
    public string? Refuted()
    {
        if (Format != FormatName)
        {
            return "This is no proof of inclusion of a version that is known here.";
        }

        if (Hash256.TryParse(PreviousHash) is not { } previous || Path.Count > PathMax || Path.Any(p => Hash256.TryParse(p) is null) || Event.Recorded() is not { } recorded)
        {
            return "The proof is not whole: a hash or the event cannot be read.";
        }

        var leaf = EventHash.Of(previous, EventHash.OfContent(recorded));
        if (MerkleTree.RootOf(leaf, Index, Seal.Count, [.. Path.Select(p => Hash256.TryParse(p) ?? default)])?.ToString() != Seal.Root)
        {
            return "The event does not lead to the seal's root: it is not what was sealed there.";
        }

        return Seal.ComputeDigest().ToString() == Seal.Digest ? null : "The seal's digest is not that of its content.";
    }

    /// <summary>As a file holds it.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SealsJson.Default.InclusionProof);

    /// <summary>Reads such a file; null: it is none.</summary>
    public static InclusionProof? TryRead(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, SealsJson.Default.InclusionProof);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>An event outside its log.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Revision">Its place there.</param>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its name.</param>
/// <param name="Data">Its bytes in base64.</param>
/// <param name="Metadata">Its metadata's bytes in base64.</param>
public sealed record ProvenEvent(string Stream, long Revision, Guid Id, string Type, byte[] Data, byte[] Metadata)
{
    /// <summary>The event as its log holds it, but for what is not proven: its position and when it was taken. Null: it cannot be read.</summary>
    internal RecordedEvent? Recorded() =>
        StreamName.TryParse(Stream, null, out var stream)
            ? new(stream, Revision, LogPosition.Start, Id, Type, Data, Metadata, default)
            : null;
}
