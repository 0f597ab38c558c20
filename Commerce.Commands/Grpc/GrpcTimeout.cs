using System.Globalization;

namespace Commerce.Commands.Grpc;

/// <summary>The header <c>grpc-timeout</c>: at most eight digits and a unit. Source: gRPC over HTTP2, "Timeout".</summary>
static class GrpcTimeout
{
    /// <summary>Its name.</summary>
    public const string Header = "grpc-timeout";

    const long ValueMax = 99_999_999;

    static readonly (char Unit, TimeSpan Length)[] Units =
    [
        ('n', TimeSpan.Zero), // finer than a tick of 100 ns: read, never written
        ('u', TimeSpan.FromMicroseconds(1)),
        ('m', TimeSpan.FromMilliseconds(1)),
        ('S', TimeSpan.FromSeconds(1)),
        ('M', TimeSpan.FromMinutes(1)),
        ('H', TimeSpan.FromHours(1)),
    ];

    /// <summary>In the finest unit from milliseconds on that it fits in; below a millisecond it is one.</summary>
    public static string Format(TimeSpan timeout)
    {
        foreach (var (unit, length) in Units.Where(u => u.Length >= TimeSpan.FromMilliseconds(1)))
        {
            var value = Math.Max(1, timeout.Ticks / length.Ticks);
            if (value <= ValueMax)
            {
                return value.ToString(CultureInfo.InvariantCulture) + unit;
            }
        }

        return $"{ValueMax}H";
    }

    /// <summary>What the header says; false where it says nothing.</summary>
    public static bool TryParse(string? text, out TimeSpan timeout)
    {
        timeout = default;
        if (text is not { Length: >= 2 and <= 9 } || !long.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        var (unit, length) = Units.FirstOrDefault(u => u.Unit == text[^1]);
        timeout = unit == 'n' ? TimeSpan.FromTicks(value / TimeSpan.NanosecondsPerTick) : length * value;
        return unit != default;
    }
}
