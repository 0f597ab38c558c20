using System.Runtime.CompilerServices;
using Commerce.Domain.Log;

namespace Commerce.Commands.Snapshots;

/// <summary>
/// A stream's events for whoever has time: after each stretch it rests several times as long as that took, reading or writing, so that those
/// whom somebody waits for have the processor, and the log, for most of the time.
/// </summary>
sealed class UnhurriedLog(IEventLog log, TimeProvider time) : IEventLog
{
    /// <summary>Events of one stretch: a few milliseconds.</summary>
    const int StretchEvents = 1_000;

    /// <summary>How many times as long it rests.</summary>
    const int RestTimes = 3;

    /// <summary>Longest rest: what was held up meanwhile says nothing of the work.</summary>
    static readonly TimeSpan RestMax = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public async Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var result = await log.Append(stream, expected, events, cancellationToken).ConfigureAwait(false);
        await Rest(began, cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadStream(
        StreamName stream, ReadDirection direction, long from, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (began, events) = (time.GetTimestamp(), 0);
        await foreach (var recorded in log.ReadStream(stream, direction, from, count, cancellationToken).ConfigureAwait(false))
        {
            yield return recorded;
            if (++events % StretchEvents == 0)
            {
                await Rest(began, cancellationToken).ConfigureAwait(false);
                began = time.GetTimestamp();
            }
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count, CancellationToken cancellationToken) => log.ReadAll(after, filter, count, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, CancellationToken cancellationToken) => log.Subscribe(after, filter, cancellationToken);

    /// <inheritdoc/>
    public Task<LogPosition> Head(CancellationToken cancellationToken) => log.Head(cancellationToken);

    Task Rest(long began, CancellationToken cancellationToken)
    {
        var rest = time.GetElapsedTime(began) * RestTimes;
        return rest <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(rest < RestMax ? rest : RestMax, time, cancellationToken);
    }
}
