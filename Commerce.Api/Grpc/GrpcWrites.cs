using Grpc.Core;

namespace Commerce.Api.Grpc;

/// <summary>How messages are written.</summary>
static class GrpcWrites
{
    /// <summary>Sent at once, not compressed.</summary>
    public static readonly WriteOptions Plain = new(WriteFlags.NoCompress);

    /// <summary>Sent with those that follow: one is ready already.</summary>
    public static readonly WriteOptions PlainWithNext = new(WriteFlags.NoCompress | WriteFlags.BufferHint);

    /// <summary>Sent with those that follow, compressed where the client takes that.</summary>
    public static readonly WriteOptions WithNext = new(WriteFlags.BufferHint);
}
