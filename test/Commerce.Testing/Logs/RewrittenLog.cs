using System.Runtime.CompilerServices;
using Commerce.Domain.Log;

namespace Commerce.Testing.Logs;

/// <summary>A log as its engine tells it after somebody changed what lies underneath.</summary>
/// <param name="log">The log as it was.</param>
/// <param name="rewrite">What stands now where an event stood.</param>
public sealed class RewrittenLog(IEventLog log, Func<RecordedEvent, IEnumerable<RecordedEvent>> rewrite) : IEventLog
{
    /// <inheritdoc/>
    public Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken) =>
        log.Append(stream, expected, events, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadStream(StreamName stream, ReadDirection direction, long from, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var e in log.ReadStream(stream, direction, from, count, cancellationToken))
        {
            foreach (var now in rewrite(e).Where(r => r.Stream == stream))
            {
                yield return now;
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var e in log.ReadAll(after, filter, count, cancellationToken))
        {
            foreach (var now in rewrite(e))
            {
                yield return now;
            }
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, CancellationToken cancellationToken) => log.Subscribe(after, filter, cancellationToken);

    /// <inheritdoc/>
    public Task<LogPosition> Head(CancellationToken cancellationToken) => log.Head(cancellationToken);
}
