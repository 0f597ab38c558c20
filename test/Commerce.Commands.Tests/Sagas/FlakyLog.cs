using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>A log that loses appends to some streams on demand, before or after they happened.</summary>
sealed class FlakyLog(IEventLog inner) : IEventLog
{
    /// <summary>Asked before each append; true: the log does not answer, and did nothing.</summary>
    public Func<StreamName, bool> FailsBefore { get; set; } = _ => false;

    /// <summary>Done before each append.</summary>
    public Func<StreamName, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Told of each stream that is read.</summary>
    public Action<StreamName> Reads { get; set; } = _ => { };

    public async Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        await Before(stream);
        return FailsBefore(stream) ? throw new EventLogUnavailableException("It is away.") : await inner.Append(stream, expected, events, cancellationToken);
    }

    public IAsyncEnumerable<RecordedEvent> ReadStream(StreamName stream, ReadDirection direction, long from, int count, CancellationToken cancellationToken)
    {
        Reads(stream);
        return inner.ReadStream(stream, direction, from, count, cancellationToken);
    }

    public IAsyncEnumerable<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count, CancellationToken cancellationToken) =>
        inner.ReadAll(after, filter, count, cancellationToken);

    public IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, CancellationToken cancellationToken) =>
        inner.Subscribe(after, filter, cancellationToken);

    public Task<LogPosition> Head(CancellationToken cancellationToken) => inner.Head(cancellationToken);
}
