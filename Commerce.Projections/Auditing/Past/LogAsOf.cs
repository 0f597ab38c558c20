using System.Runtime.CompilerServices;
using Commerce.Domain.Log;

namespace Commerce.Projections.Auditing.Past;

/// <summary>A log as it was at a moment, for whoever reads all of it: what had not happened by then is passed over. Streams are told whole.</summary>
public sealed class LogAsOf(IEventLog log, Moment moment) : IEventLog
{
    /// <inheritdoc/>
    public Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken) =>
        log.Append(stream, expected, events, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadStream(StreamName stream, ReadDirection direction, long from, int count, CancellationToken cancellationToken) =>
        log.ReadStream(stream, direction, from, count, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (count <= 0)
        {
            yield break;
        }

        await foreach (var e in log.ReadAll(after, filter, int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            if (!moment.Includes(e))
            {
                continue;
            }

            yield return e;
            if (--count == 0)
            {
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var message in log.Subscribe(after, filter, cancellationToken).ConfigureAwait(false))
        {
            yield return message is LogMessage.Appeared { Event: var e } && !moment.Includes(e) ? new LogMessage.Reached(e.Position) : message;
        }
    }

    /// <inheritdoc/>
    public Task<LogPosition> Head(CancellationToken cancellationToken) => log.Head(cancellationToken);
}
