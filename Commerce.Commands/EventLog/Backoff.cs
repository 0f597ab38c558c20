namespace Commerce.Commands.EventLog;

/// <summary>Pauses before a lost server is tried again, each twice as long as the one before.</summary>
sealed class Backoff(TimeSpan pauseMin, TimeSpan pauseMax, TimeProvider time)
{
    TimeSpan? _next;

    public void Reset() => _next = null;

    public async Task Wait(CancellationToken cancellationToken)
    {
        var pause = _next ?? pauseMin;
        _next = pause * 2 < pauseMax ? pause * 2 : pauseMax;
        await Task.Delay(pause, time, cancellationToken);
    }
}
