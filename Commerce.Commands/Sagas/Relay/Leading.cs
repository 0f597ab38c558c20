namespace Commerce.Commands.Sagas.Relay;

/// <summary>What every process does that leads alone among many.</summary>
static class Leading
{
    static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(1);

    /// <summary>Leads whenever it is this process's turn, until stopped.</summary>
    /// <param name="leadership">Whose turn it is.</param>
    /// <param name="lead">What the leader does, until its token is cancelled; it may cancel it itself.</param>
    /// <param name="steppedDown">Told why it begins again: log, broker or database is away, or another one leads.</param>
    /// <param name="time">Clock of the pause before it begins again.</param>
    /// <param name="stopping">Stops it.</param>
    public static async Task Run(ILeadership leadership, Func<CancellationTokenSource, Task> lead, Action<string> steppedDown, TimeProvider time, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var lease = await leadership.Acquire(stopping).ConfigureAwait(false);
                using var leading = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Lost);
                await lead(leading).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                steppedDown(e is OperationCanceledException ? "The connection that holds its lead is lost; another process may lead." : e.Message);
                await Task.Delay(FailurePause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Waits for tasks none of which ends by itself: the first that does has failed, and takes the others along.</summary>
    public static async Task Together(CancellationTokenSource stop, params IReadOnlyCollection<Task> tasks)
    {
        try
        {
            await (await Task.WhenAny(tasks).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
