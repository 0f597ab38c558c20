namespace Commerce.Projections.Daemon;

/// <summary>
/// When a projection begins its next transaction, while events come without a pause. A document that changes several times in between is written once, so the
/// pauses are long where writing takes long, and short while somebody waits.
/// </summary>
sealed class BatchPace(ProjectionOptions options, ProjectionSignals signals, TimeProvider time)
{
    /// <summary>Of its time a projection writes one part in so many, as far as the longest pause allows: there are nine of them, and orders are taken beside them.</summary>
    const int WritingParts = 10;

    long _begun;
    TimeSpan _interval = options.BatchInterval;

    /// <summary>Whether to wait, so that more goes with the next.</summary>
    public bool IsEarly => Left > TimeSpan.Zero;

    TimeSpan Left => (signals.AreAwaited ? options.BatchIntervalMin : _interval) - time.GetElapsedTime(_begun);

    /// <summary>A transaction begins.</summary>
    public void Begin() => _begun = time.GetTimestamp();

    /// <summary>It is written.</summary>
    public void End()
    {
        var interval = time.GetElapsedTime(_begun) * WritingParts;
        _interval = interval < options.BatchInterval ? options.BatchInterval
            : interval > options.BatchIntervalMax ? options.BatchIntervalMax
            : interval;
    }

    /// <summary>Waits until the next is to begin, or somebody waits for it.</summary>
    public async Task Gather(CancellationToken cancellationToken)
    {
        // Taken before the look, so that who begins to wait in between is not missed.
        var awaited = signals.Awaited;
        if (!signals.AreAwaited)
        {
            await awaited.WaitAsync(AtLeastNone(Left), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.Delay(AtLeastNone(Left), time, cancellationToken).ConfigureAwait(false);
    }

    static TimeSpan AtLeastNone(TimeSpan left) => left > TimeSpan.Zero ? left : TimeSpan.Zero;
}
