using System.Globalization;

namespace Commerce.Testing.EventStoreDb;

/// <summary>The header <c>grpc-timeout</c>, as a server reads it: at most eight digits and a unit. Source: gRPC over HTTP2, "Timeout".</summary>
public static class GrpcTimeout
{
    /// <summary>Its name.</summary>
    public const string Header = "grpc-timeout";

    /// <summary>What the header says; false where it says nothing.</summary>
    public static bool TryParse(string? text, out TimeSpan timeout)
    {
        timeout = default;
        if (text is not { Length: >= 2 and <= 9 } || !long.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var value) || TicksOf(text[^1]) is not { } ticks)
        {
            return false;
        }

        timeout = TimeSpan.FromTicks((long)(value * ticks));
        return true;
    }

    static decimal? TicksOf(char unit) => unit switch
    {
        'n' => 1m / TimeSpan.NanosecondsPerTick,
        'u' => TimeSpan.TicksPerMicrosecond,
        'm' => TimeSpan.TicksPerMillisecond,
        'S' => TimeSpan.TicksPerSecond,
        'M' => TimeSpan.TicksPerMinute,
        'H' => TimeSpan.TicksPerHour,
        _ => null,
    };
}
