using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Commerce.Api.Http;

/// <summary>What a client may send, and how long anything may take.</summary>
static class HttpLimits
{
    /// <summary>Bytes of a body: the longest order (2,000 lines) with 250 bytes a line still fits.</summary>
    public const int BodyBytesMax = 512 * 1024;

    /// <summary>Levels of JSON: a body of ours has four, an event in the log may have ten, the schemas of the OpenAPI document have some twenty.</summary>
    public const int JsonDepthMax = 32;

    /// <summary>Bytes of all headers: an idempotency key, an entity tag and a trace take under 1 KiB.</summary>
    public const int HeadersBytesMax = 16 * 1024;

    /// <summary>Bytes of the request line: the longest query of ours is a list of filters with a cursor.</summary>
    public const int RequestLineBytesMax = 8 * 1024;

    /// <summary>Open connections: each costs some 20 KiB, so all of them stay under 200 MiB.</summary>
    public const int ConnectionsMax = 10_000;

    /// <summary>Streams of one HTTP/2 connection.</summary>
    public const int Http2StreamsMax = 256;

    /// <summary>Time to send the headers: a client that takes longer holds a connection for nothing.</summary>
    public static readonly TimeSpan HeadersTimeMax = TimeSpan.FromSeconds(10);

    /// <summary>Time that an idle connection stays open: beyond the minute after which common proxies reuse none.</summary>
    public static readonly TimeSpan KeepAliveMax = TimeSpan.FromSeconds(90);

    /// <summary>Time for one answer. Commands take milliseconds; later than this, a client has given up.</summary>
    public static readonly TimeSpan RequestTimeMax = TimeSpan.FromSeconds(30);

    /// <summary>Time for a report that streams row by row.</summary>
    public static readonly TimeSpan ReportTimeMax = TimeSpan.FromMinutes(5);

    /// <summary>Time that requests under way have left after the signal to stop.</summary>
    public static readonly TimeSpan ShutdownTimeMax = TimeSpan.FromSeconds(20);

    /// <summary>Name of the timeout policy of reports.</summary>
    public const string ReportTimeout = "report";

    /// <summary>Sets them on the server.</summary>
    public static void Apply(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = HeadersBytesMax;
        kestrel.Limits.MaxRequestLineSize = RequestLineBytesMax;
        kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
        kestrel.Limits.Http2.MaxStreamsPerConnection = Http2StreamsMax;
        kestrel.Limits.RequestHeadersTimeout = HeadersTimeMax;
        kestrel.Limits.KeepAliveTimeout = KeepAliveMax;
    }
}
