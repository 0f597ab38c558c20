using System.ComponentModel.DataAnnotations;

namespace Commerce.Api.Hardening;

/// <summary>How long a client may take, how many may be connected, and who else may call from a browser or stand before this server.</summary>
public sealed record HttpOptions
{
    /// <summary>Time to send the headers: a client that takes longer holds a connection for nothing.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HeadersTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time that an idle connection stays open: beyond the minute after which common proxies reuse none.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Bytes a second that a client has to send of a body, and to take of an answer, once the grace is over: the slowest modem sends ten times that.</summary>
    [Range(1, 1_000_000)]
    public int SlowestBytesPerSecond { get; init; } = 240;

    /// <summary>Time before that is asked. Kestrel looks once a second, so it is more than that.</summary>
    [Range(typeof(TimeSpan), "00:00:01.100", "00:10:00")]
    public TimeSpan SlowestGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Open connections: each costs some 20 KiB, so all of them stay under 200 MiB.</summary>
    [Range(1, 1_000_000)]
    public int Connections { get; init; } = 10_000;

    /// <summary>Pages of these origins (<c>https://shop.example</c>) may call from a browser; none: nobody's may.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Proxies, addresses or networks, whose <c>X-Forwarded-For</c> and <c>-Proto</c> are believed; none: nobody's are.</summary>
    public IReadOnlyList<System.Net.IPNetwork> Proxies { get; init; } = [];
}
