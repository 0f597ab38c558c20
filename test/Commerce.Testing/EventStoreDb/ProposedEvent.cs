using Google.Protobuf;

namespace Commerce.Testing.EventStoreDb;

/// <summary>An event as a client sends it.</summary>
readonly record struct ProposedEvent(Guid Id, string Type, bool IsJson, ByteString Data, ByteString Metadata)
{
    /// <summary>Bytes that count against the limit of one append.</summary>
    public int Size => Data.Length + Metadata.Length + (2 * Type.Length);
}
