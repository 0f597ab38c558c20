using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;

namespace Commerce.Domain.Seals;

// Names and fields of these events are the storage format: add a version, never change one.

/// <summary>What vouches for the log.</summary>
public abstract record SealEvent
{
    /// <summary>Events of the log, side by side in its order, are sealed. Seals themselves are not among them: each vouches for the one before it.</summary>
    /// <param name="Number">Its own number, from 0 without a gap.</param>
    /// <param name="First">Events that stand before those that it seals.</param>
    /// <param name="Count">Events that it seals.</param>
    /// <param name="ThroughStream">Stream of the last one.</param>
    /// <param name="ThroughRevision">Revision of the last one.</param>
    /// <param name="ThroughEvent">Id of the last one.</param>
    /// <param name="Root">Merkle root over their hashes, in hexadecimal digits.</param>
    /// <param name="Contents">The first eight bytes of each content's hash, in base64: they tell which event is another.</param>
    /// <param name="Previous">Digest of the seal before this one; null: this is the first.</param>
    /// <param name="Digest">Hash over all of these: whoever knows it can tell whether the log up to here is still the same.</param>
    /// <param name="KeyId">Whose signature it has; null: none.</param>
    /// <param name="Signature">Signature of the digest in base64.</param>
    [EventName("log-sealed.v1")]
    public sealed record Sealed(
        long Number,
        long First,
        int Count,
        [property: JsonConverter(typeof(ParsableConverter<StreamName>))] StreamName ThroughStream,
        long ThroughRevision,
        Guid ThroughEvent,
        string Root,
        string Contents,
        string? Previous,
        string Digest,
        string? KeyId,
        string? Signature) : SealEvent
    {
        /// <summary>Events that stand before those of the next seal.</summary>
        [JsonIgnore]
        public long End => First + Count;

        /// <summary>What <see cref="Digest"/> has to be.</summary>
        /// <exception cref="FormatException"><see cref="Contents"/> is not base64.</exception>
        public Hash256 ComputeDigest()
        {
            Span<byte> bytes = stackalloc byte[(3 * sizeof(long)) + 16 + (3 * Hash256.Size)];
            BinaryPrimitives.WriteInt64BigEndian(bytes, Number);
            BinaryPrimitives.WriteInt64BigEndian(bytes[8..], First);
            BinaryPrimitives.WriteInt64BigEndian(bytes[16..], Count);
            ThroughEvent.TryWriteBytes(bytes[24..], bigEndian: true, out _);
            (Hash256.TryParse(Root) ?? Hash256.Zero).CopyTo(bytes[40..]);
            Sha256.Of(Convert.FromBase64String(Contents)).CopyTo(bytes[(40 + Hash256.Size)..]);
            (Hash256.TryParse(Previous) ?? Hash256.Zero).CopyTo(bytes[(40 + (2 * Hash256.Size))..]);
            return Sha256.Of(bytes);
        }

        /// <summary>The prefixes that <see cref="Contents"/> holds.</summary>
        /// <exception cref="FormatException">It is not base64.</exception>
        public ulong[] ContentPrefixes()
        {
            var prefixes = MemoryMarshal.Cast<byte, ulong>(Convert.FromBase64String(Contents)).ToArray();
            if (BitConverter.IsLittleEndian)
            {
                BinaryPrimitives.ReverseEndianness(prefixes, prefixes);
            }

            return prefixes;
        }

        /// <summary><see cref="Contents"/> of these contents.</summary>
        public static string ContentsOf(ReadOnlySpan<Hash256> contents)
        {
            var bytes = new byte[contents.Length * sizeof(ulong)];
            for (var n = 0; n < contents.Length; n++)
            {
                BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(n * sizeof(ulong)), contents[n].Prefix);
            }

            return Convert.ToBase64String(bytes);
        }
    }
}

/// <summary>The stream of seals.</summary>
public static class SealLog
{
    /// <summary>Events of a seal at most: its event has some 45 kB then, about one hundredth of what it seals.</summary>
    public const int EventsMax = 4_096;

    /// <summary>Its name.</summary>
    public static StreamName Stream { get; } = StreamName.For("seal", "log");
}

/// <summary>JSON of seals.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SealEvent.Sealed))]
[JsonSerializable(typeof(InclusionProof))]
public sealed partial class SealsJson : JsonSerializerContext;
