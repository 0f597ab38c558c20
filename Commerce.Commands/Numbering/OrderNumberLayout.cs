namespace Commerce.Commands.Numbering;

/// <summary>
/// Bits of an order number, highest first: 0 (so that it is positive everywhere), 41 of milliseconds since
/// <see cref="Epoch"/> (until September 2094), 10 of a worker number, 12 of a sequence within the millisecond. The layout is
/// Twitter's Snowflake; numbers of all workers sort by time.
/// </summary>
public static class OrderNumberLayout
{
    /// <summary>Bits of the worker number.</summary>
    public const int WorkerBits = 10;

    /// <summary>Bits of the sequence.</summary>
    public const int SequenceBits = 12;

    /// <summary>Workers at most; they are numbered from 0.</summary>
    public const int WorkersMax = 1 << WorkerBits;

    /// <summary>Workers that can be leased; the two highest number past trade, whose orders were given before the epoch: below zero, so that they sort by time as well.</summary>
    public const int LeasedWorkersMax = WorkersMax - 2;

    /// <summary>Highest sequence: 4,096 numbers a millisecond and worker.</summary>
    public const int SequenceMax = (1 << SequenceBits) - 1;

    const long MillisecondsMax = (1L << 41) - 1;

    /// <summary>Where the milliseconds begin. Part of every number ever given: never changed.</summary>
    public static readonly DateTimeOffset Epoch = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    static readonly long EpochUnixMs = Epoch.ToUnixTimeMilliseconds();

    /// <summary>The number of these parts.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A part does not fit into its bits.</exception>
    internal static long Compose(long unixMs, int worker, int sequence)
    {
        var milliseconds = unixMs - EpochUnixMs;
        ArgumentOutOfRangeException.ThrowIfNegative(milliseconds, nameof(unixMs));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(milliseconds, MillisecondsMax, nameof(unixMs));
        ArgumentOutOfRangeException.ThrowIfNegative(worker);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(worker, WorkersMax);
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, SequenceMax);
        return (milliseconds << (WorkerBits + SequenceBits)) | ((long)worker << SequenceBits) | (uint)sequence;
    }

    /// <summary>When a number was given, to the millisecond, UTC.</summary>
    public static DateTimeOffset TimeOf(long number) => Epoch.AddMilliseconds(number >> (WorkerBits + SequenceBits));

    /// <summary>Who gave a number.</summary>
    public static int WorkerOf(long number) => (int)(number >> SequenceBits) & (WorkersMax - 1);
}
