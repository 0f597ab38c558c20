namespace Commerce.Commands.Sagas;

/// <summary>
/// What is of one order is done one after another, in the order in which it came; what is of different orders never waits for each
/// other. Only orders that something is under way of are remembered.
/// </summary>
sealed class OrderTurns
{
    readonly Dictionary<Guid, Task> _last = [];

    /// <summary>Does it when all that came before of its order has ended, however it ended.</summary>
    public async Task Take(Guid order, Func<Task> work)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? before;
        lock (_last)
        {
            _last.TryGetValue(order, out before);
            _last[order] = ended.Task;
        }

        if (before is not null)
        {
            await before.ConfigureAwait(false);
        }

        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            lock (_last)
            {
                if (_last[order] == ended.Task)
                {
                    _last.Remove(order);
                }
            }

            ended.SetResult();
        }
    }
}
