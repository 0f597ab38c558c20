namespace Commerce.Commands.EventLog.Postgres;

/// <summary>Pauses before a lost server is tried again, each twice as long as the one before.</summary>
sealed class Backoff(PostgresEventLogOptions options, TimeProvider time)
{
    TimeSpan _next = options.ReconnectPauseMin;

    public void Reset() => _next = options.ReconnectPauseMin;

    public async Task Wait(CancellationToken cancellationToken)
    {
        var pause = _next;
        _next = pause * 2 < options.ReconnectPauseMax ? pause * 2 : options.ReconnectPauseMax;
        await Task.Delay(pause, time, cancellationToken);
    }
}
