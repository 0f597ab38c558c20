namespace Commerce.Api.Cli;

/// <summary>The wish that the process end: at first in order, then, for whoever asks again, at once.</summary>
sealed class Interruption(TimeProvider time) : IDisposable
{
    /// <summary>Signals so close together are one wish: timeout(1), for one, signals its command and then the command's process group.</summary>
    static readonly TimeSpan OneWishMax = TimeSpan.FromSeconds(1);

    readonly CancellationTokenSource _asked = new();
    readonly Lock _lock = new();
    long _firstAt;

    /// <summary>Cancelled when the process shall end.</summary>
    public CancellationToken Token => _asked.Token;

    /// <summary>Takes a signal; false: it is left to the system, which ends the process.</summary>
    public bool Ask()
    {
        lock (_lock)
        {
            if (_asked.IsCancellationRequested)
            {
                return time.GetElapsedTime(_firstAt) < OneWishMax;
            }

            _firstAt = time.GetTimestamp();
        }

        _asked.Cancel();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _asked.Dispose();
}
