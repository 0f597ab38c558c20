using System.Collections.Concurrent;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;

namespace Commerce.Benchmarks;

/// <summary>Hears from the log when an order is confirmed: asking over HTTP again and again would be a load of its own.</summary>
sealed class Confirmations : IAsyncDisposable
{
    static readonly string Confirmed = EventCatalog.NameOf(new OrderEvent.Confirmed());
    static readonly string Rejected = EventCatalog.Types.Single(t => t.Type == typeof(OrderEvent.Rejected)).Name;

    readonly ConcurrentDictionary<StreamName, TaskCompletionSource<LogPosition>> _orders = new();
    readonly CancellationTokenSource _stop = new();
    readonly Task _watching;

    Confirmations(IEventLog log, LogPosition after) => _watching = Task.Run(() => Listen(log, after));

    /// <summary>Watches from now on.</summary>
    public static async Task<Confirmations> Watch(IEventLog log, CancellationToken cancellationToken) => new(log, await log.Head(cancellationToken));

    /// <summary>Whether the order is confirmed by now.</summary>
    public bool AreThere(StreamName order) => _orders.TryGetValue(order, out var waiting) && waiting.Task.IsCompletedSuccessfully;

    /// <summary>Ends when the order is confirmed.</summary>
    /// <returns>Where the log says so.</returns>
    /// <exception cref="BenchmarkFailedException">It is rejected.</exception>
    public async Task<LogPosition> Of(StreamName order, CancellationToken cancellationToken)
    {
        var confirmed = Waiting(order).Task;
        await await Task.WhenAny(confirmed, _watching).WaitAsync(cancellationToken);
        return await confirmed.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    async Task Listen(IEventLog log, LogPosition after)
    {
        await foreach (var message in log.Subscribe(after, StreamFilter.Categories("order"), _stop.Token))
        {
            if (message is not LogMessage.Appeared { Event: var e })
            {
                continue;
            }

            if (e.Type == Confirmed)
            {
                Waiting(e.Stream).TrySetResult(e.Position);
            }
            else if (e.Type == Rejected)
            {
                Waiting(e.Stream).TrySetException(new BenchmarkFailedException($"{e.Stream} was rejected."));
            }
        }
    }

    TaskCompletionSource<LogPosition> Waiting(StreamName order) => _orders.GetOrAdd(order, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
