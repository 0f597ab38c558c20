using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Commerce.Domain.Log;
using Commerce.Domain.Snapshots;

namespace Commerce.Commands.Tests.Snapshots;

/// <summary>A log that counts what is read of each stream, and can hold back what is appended to snapshots.</summary>
sealed class WatchedLog(IEventLog log) : IEventLog
{
    readonly ConcurrentDictionary<StreamName, int> _read = [];
    readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether snapshots wait for ever.</summary>
    public bool HoldsSnapshots { get; init; }

    /// <summary>Ends when a snapshot waits.</summary>
    public Task SnapshotHeld => _held.Task;

    /// <summary>Events of a stream that were read.</summary>
    public int ReadOf(StreamName stream) => _read.GetValueOrDefault(stream);

    public async Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        if (HoldsSnapshots && stream.Category == SnapshotStreams.PartsCategory)
        {
            _held.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        return await log.Append(stream, expected, events, cancellationToken);
    }

    public async IAsyncEnumerable<RecordedEvent> ReadStream(StreamName stream, ReadDirection direction, long from, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var recorded in log.ReadStream(stream, direction, from, count, cancellationToken))
        {
            _read.AddOrUpdate(stream, 1, (_, n) => n + 1);
            yield return recorded;
        }
    }

    public IAsyncEnumerable<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count, CancellationToken cancellationToken) => log.ReadAll(after, filter, count, cancellationToken);

    public IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, CancellationToken cancellationToken) => log.Subscribe(after, filter, cancellationToken);

    public Task<LogPosition> Head(CancellationToken cancellationToken) => log.Head(cancellationToken);
}
