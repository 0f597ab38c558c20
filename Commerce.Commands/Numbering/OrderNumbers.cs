namespace Commerce.Commands.Numbering;

/// <summary>
/// Gives 64-bit order numbers that grow with time and are unique over all nodes (see <see cref="OrderNumberLayout"/>).
/// Needs a leased worker number, which <see cref="WorkerLeaseService"/> brings and renews.
/// </summary>
public sealed class OrderNumbers(TimeProvider time)
{
    /// <summary>
    /// Milliseconds that numbers may run ahead of the clock: when it steps back, or when a millisecond's sequence is used up.
    /// Time servers step a clock by less; a clock further off needs a person, and numbers must not hide it.
    /// </summary>
    public const int AheadMsMax = 1_000;

    readonly Lock _lock = new();
    WorkerLease? _lease;
    long _lastMs;
    int _lastSequence;

    /// <summary>Whether numbers can be given now.</summary>
    public bool IsReady
    {
        get
        {
            lock (_lock)
            {
                return TryNext(out _, out _, out _);
            }
        }
    }

    /// <summary>The next number: greater than each before it on this node.</summary>
    /// <exception cref="OrderNumbersUnavailableException">No worker number is leased, the lease has lapsed, or the clock ran back by more than <see cref="AheadMsMax"/>.</exception>
    public long Next()
    {
        lock (_lock)
        {
            if (!TryNext(out var ms, out var sequence, out var why) || _lease is not { } lease)
            {
                throw new OrderNumbersUnavailableException(why);
            }

            (_lastMs, _lastSequence) = (ms, sequence);
            return OrderNumberLayout.Compose(ms, lease.Worker, sequence);
        }
    }

    /// <summary>From now on gives numbers under this lease; null: none.</summary>
    /// <returns>The latest timestamp used so far, milliseconds since 1970 UTC.</returns>
    internal long Hold(WorkerLease? lease)
    {
        lock (_lock)
        {
            _lease = lease;
            return _lastMs;
        }
    }

    bool TryNext(out long ms, out int sequence, out string why)
    {
        (ms, sequence, why) = (0, 0, string.Empty);
        if (_lease is not { } lease)
        {
            why = "No worker number is leased.";
            return false;
        }

        // The clock leads; where it does not lead far enough, the number after the last one does.
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        (ms, sequence) = _lastSequence < OrderNumberLayout.SequenceMax ? (_lastMs, _lastSequence + 1) : (_lastMs + 1, 0);
        if (Math.Max(now, lease.FirstMs) is var earliest && earliest > _lastMs)
        {
            (ms, sequence) = (earliest, 0);
        }

        why = ms > lease.LastMs ? "The lease of the worker number has lapsed."
            : ms - now > AheadMsMax ? $"The clock is {ms - now} ms behind the numbers already given."
            : why;
        return why.Length == 0;
    }
}
