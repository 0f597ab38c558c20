namespace Commerce.Api.Composition;

/// <summary>
/// A look that many may ask for at once, at the price of two: one runs at a time, and all who come meanwhile share the next one. So nobody is told of
/// a moment before it asked.
/// </summary>
/// <typeparam name="T">What it finds.</typeparam>
sealed class SharedLook<T>
{
    readonly Lock _lock = new();
    TaskCompletionSource<T>? _next;
    bool _isLooking;

    /// <summary>What a look finds that begins after this was asked; where it fails, all who share it are told how.</summary>
    /// <param name="look">The look, which has to end by itself; the same for everybody.</param>
    /// <param name="cancellationToken">Ends the waiting, not the look.</param>
    public Task<T> Ask(Func<Task<T>> look, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var answer = _next ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_isLooking)
            {
                // It is no part of what one of those who share it does, and not of its trace.
                ThreadPool.UnsafeQueueUserWorkItem(static begin => _ = begin.Shared.Look(begin.Look), (Shared: this, Look: look), preferLocal: false);
                _isLooking = true;
            }

            return answer.Task.WaitAsync(cancellationToken);
        }
    }

    async Task Look(Func<Task<T>> look)
    {
        while (Taken() is { } answer)
        {
            try
            {
                answer.SetResult(await look().ConfigureAwait(false));
            }
#pragma warning disable CA1031 // Those who share it get it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                answer.SetException(e);
            }
        }
    }

    TaskCompletionSource<T>? Taken()
    {
        lock (_lock)
        {
            var taken = _next;
            _next = null;
            _isLooking = taken is not null;
            return taken;
        }
    }
}
