using System.Numerics;

namespace Commerce.Benchmarks.Load;

/// <summary>
/// Counts latencies in buckets whose width is at most a 64th of their value, as HdrHistogram does: every percentile is right to 1.6 %,
/// however many are counted, in a few KiB.
/// </summary>
sealed class LatencyHistogram
{
    const int HalfBits = 6;
    const int Half = 1 << HalfBits;

    /// <summary>Longest that is told apart, in microseconds: some nine minutes.</summary>
    const long MicrosecondsMax = (1L << 29) - 1;

    readonly long[] _counts = new long[BucketOf(MicrosecondsMax) + 1];
    long _max;

    /// <summary>How many were counted.</summary>
    public long Count { get; private set; }

    /// <summary>Counts one.</summary>
    public void Add(TimeSpan latency)
    {
        var microseconds = Math.Clamp((long)latency.TotalMicroseconds, 0, MicrosecondsMax);
        _counts[BucketOf(microseconds)]++;
        _max = Math.Max(_max, microseconds);
        Count++;
    }

    /// <summary>The value, in milliseconds, that so many percent do not exceed; 0 where nothing was counted.</summary>
    public double PercentileMs(double percent)
    {
        var (rank, seen) = (Math.Max(1, (long)Math.Ceiling(percent / 100 * Count)), 0L);
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            if ((seen += _counts[bucket]) >= rank)
            {
                return Math.Min(HighestOf(bucket), _max) / 1000.0;
            }
        }

        return 0;
    }

    /// <summary>The percentiles that are shown.</summary>
    public Latencies Summary() => new(Count, PercentileMs(50), PercentileMs(99), PercentileMs(99.9), _max / 1000.0);

    // Up to 127 each value has its bucket; above, each doubling has 64 of them.
    static int BucketOf(long microseconds)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)microseconds) - HalfBits);
        return (int)((shift * Half) + (microseconds >> shift));
    }

    static long HighestOf(int bucket)
    {
        var shift = Math.Max(0, (bucket / Half) - 1);
        return ((bucket - (shift * (long)Half) + 1) << shift) - 1;
    }
}

/// <summary>What a histogram says, in milliseconds.</summary>
/// <param name="Count">How many were counted.</param>
/// <param name="P50Ms">Half of them took no longer.</param>
/// <param name="P99Ms">99 % of them took no longer.</param>
/// <param name="P999Ms">99.9 % of them took no longer.</param>
/// <param name="MaxMs">The longest.</param>
sealed record Latencies(long Count, double P50Ms, double P99Ms, double P999Ms, double MaxMs);
