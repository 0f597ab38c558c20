using Commerce.Api.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Commerce.Api.Grpc;

/// <summary>What a client of gRPC may send and hold, beside what <see cref="HttpLimits"/> says of every client.</summary>
static class GrpcLimits
{
    /// <summary>Bytes of a message that comes in, unpacked: as much as a body over HTTP.</summary>
    public const int MessageBytesMax = HttpLimits.BodyBytesMax;

    /// <summary>Bytes of a message that goes out: a page of the largest orders. Clients take 4 MiB when nothing else is said.</summary>
    public const int AnswerBytesMax = 16 * 1024 * 1024;

    /// <summary>Bytes from which an answer is compressed, where the client takes that: a smaller one costs more processor time than it saves.</summary>
    public const int CompressedBytesMin = 1024;

    /// <summary>Commands of one stream that are under way at once: as many as an append and its answer take to be gathered; more are not read.</summary>
    public const int StreamCommandsMax = 256;

    /// <summary>Answers of one stream that are sent together at most: until they are, they wait in memory, and the client is not asked whether it takes them.</summary>
    public const int AnswersTogetherMax = 256;

    /// <summary>Followers of the log in this process at most: each reads the log for itself.</summary>
    public const int FollowersMax = 256;

    /// <summary>Prefixes of streams that a follower may name.</summary>
    public const int FollowedPrefixesMax = 16;

    /// <summary>Types of events that a follower may name.</summary>
    public const int FollowedTypesMax = 64;

    /// <summary>Who sends no command for so long on an open stream is let go.</summary>
    public static readonly TimeSpan StreamIdleMax = TimeSpan.FromMinutes(10);

    /// <summary>Time that who follows, listens or sends commands has to take one message or answer: its connection is full of earlier ones by then.</summary>
    public static readonly TimeSpan TakeMax = TimeSpan.FromSeconds(10);

    /// <summary>A connection on which nothing was heard for so long is asked whether it lives.</summary>
    public static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(60);

    /// <summary>A connection that does not answer for so long is closed, with all its streams.</summary>
    public static readonly TimeSpan PingAnswerMax = TimeSpan.FromSeconds(20);

    /// <summary>Sets those of connections on the server.</summary>
    public static void Apply(KestrelServerOptions kestrel)
    {
        kestrel.Limits.Http2.KeepAlivePingDelay = PingAfter;
        kestrel.Limits.Http2.KeepAlivePingTimeout = PingAnswerMax;
    }
}
