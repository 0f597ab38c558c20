using Commerce.Api.Hardening;
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

    /// <summary>Headers of a request: a browser behind two proxies sends some thirty.</summary>
    public const int HeadersMax = 64;

    /// <summary>Characters of path and query: the longest query of ours is a list of filters with a cursor.</summary>
    public const int AddressCharsMax = 8 * 1024;

    /// <summary>What is that much beyond a limit is not even read: the server refuses it without a problem and closes the connection.</summary>
    const int UnreadFactor = 2;

    /// <summary>Streams of one HTTP/2 connection.</summary>
    public const int Http2StreamsMax = 256;

    /// <summary>Time for one answer. Commands take milliseconds; later than this, a client has given up.</summary>
    public static readonly TimeSpan RequestTimeMax = TimeSpan.FromSeconds(30);

    /// <summary>Time for a report that streams row by row.</summary>
    public static readonly TimeSpan ReportTimeMax = TimeSpan.FromMinutes(5);

    /// <summary>Time that requests under way have left after the signal to stop.</summary>
    public static readonly TimeSpan ShutdownTimeMax = TimeSpan.FromSeconds(20);

    /// <summary>Name of the timeout policy of reports.</summary>
    public const string ReportTimeout = "report";

    /// <summary>Sets them on the server.</summary>
    public static void Apply(KestrelServerOptions kestrel, HttpOptions options)
    {
        var slowest = new MinDataRate(options.SlowestBytesPerSecond, options.SlowestGrace);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
        kestrel.Limits.MaxRequestHeaderCount = HeadersMax * UnreadFactor;
        kestrel.Limits.MaxRequestHeadersTotalSize = HeadersBytesMax * UnreadFactor;
        kestrel.Limits.MaxRequestLineSize = AddressCharsMax * UnreadFactor;
        kestrel.Limits.MaxConcurrentConnections = options.Connections;
        kestrel.Limits.Http2.MaxStreamsPerConnection = Http2StreamsMax;
        kestrel.Limits.RequestHeadersTimeout = options.HeadersTime;
        kestrel.Limits.KeepAliveTimeout = options.KeepAlive;
        kestrel.Limits.MinRequestBodyDataRate = slowest;
        kestrel.Limits.MinResponseDataRate = slowest;
    }
}
