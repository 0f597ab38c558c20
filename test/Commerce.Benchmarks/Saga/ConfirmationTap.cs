using System.Collections.Concurrent;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;

namespace Commerce.Benchmarks.Saga;

/// <summary>The log, which tells when it has made an order's confirmation durable: nobody has to read it for that.</summary>
sealed class ConfirmationTap(IEventLog log) : IEventLog
{
    static readonly string Confirmed = EventCatalog.NameOf(new OrderEvent.Confirmed());
    static readonly string Rejected = EventCatalog.Types.Single(t => t.Type == typeof(OrderEvent.Rejected)).Name;

    readonly ConcurrentDictionary<StreamName, TaskCompletionSource> _waiting = new();
    long _appends;

    /// <summary>Appends so far.</summary>
    public long Appends => Interlocked.Read(ref _appends);

    /// <summary>Ends when the order is confirmed; ask before it is placed.</summary>
    /// <exception cref="BenchmarkFailedException">It is rejected.</exception>
    public Task Of(StreamName order) => (_waiting[order] = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <inheritdoc/>
    public async Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _appends);
        var result = await log.Append(stream, expected, events, cancellationToken);
        if (result is AppendResult.Appended && stream.Category == "order" && events.Any(e => e.Type == Confirmed || e.Type == Rejected) && _waiting.TryRemove(stream, out var waiting))
        {
            if (events.Any(e => e.Type == Rejected))
            {
                waiting.SetException(new BenchmarkFailedException($"{stream} was rejected."));
            }
            else
            {
                waiting.SetResult();
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadStream(StreamName stream, ReadDirection direction, long from, int count, CancellationToken cancellationToken) =>
        log.ReadStream(stream, direction, from, count, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count, CancellationToken cancellationToken) =>
        log.ReadAll(after, filter, count, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, CancellationToken cancellationToken) =>
        log.Subscribe(after, filter, cancellationToken);

    /// <inheritdoc/>
    public Task<LogPosition> Head(CancellationToken cancellationToken) => log.Head(cancellationToken);
}
