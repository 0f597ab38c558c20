using System.Runtime.CompilerServices;
using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.InMemory;

/// <summary>The whole contract of the log in memory, for tests and the simulation.</summary>
public sealed class InMemoryEventLog(TimeProvider time) : IEventLog
{
    readonly Lock _lock = new();
    readonly List<RecordedEvent> _all = [];
    readonly Dictionary<StreamName, List<RecordedEvent>> _streams = [];
    TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(events.Count, nameof(events));
        var bytes = events.Sum(e => (long)e.Size);
        if (events.Count > IEventLog.AppendEventsMax || bytes > IEventLog.AppendBytesMax)
        {
            throw new AppendTooLargeException(events.Count, bytes);
        }

        lock (_lock)
        {
            var recorded = _streams.GetValueOrDefault(stream, []);
            if (Repeated(recorded, expected, events) is { } repeated)
            {
                return Task.FromResult<AppendResult>(repeated);
            }

            if (!expected.IsMetBy(recorded.Count - 1))
            {
                return Task.FromResult<AppendResult>(new AppendResult.WrongExpectedRevision(expected, recorded.Count - 1));
            }

            _streams[stream] = recorded;
            foreach (var e in events)
            {
                var next = new RecordedEvent(stream, recorded.Count, new LogPosition(_all.Count + 1), e.Id, e.Type, e.Data, e.Metadata, time.GetUtcNow());
                recorded.Add(next);
                _all.Add(next);
            }

            _appended.SetResult();
            _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return Task.FromResult<AppendResult>(new AppendResult.Appended(recorded.Count - 1, new LogPosition(_all.Count)));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadStream(
        StreamName stream, ReadDirection direction, long from, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RecordedEvent[] events;
        lock (_lock)
        {
            var all = _streams.GetValueOrDefault(stream, []);
            events = direction == ReadDirection.Forwards
                ? [.. all.Where(e => e.Revision >= from).Take(count)]
                : [.. all.Where(e => e.Revision <= from).Reverse().Take(count)];
        }

        foreach (var e in events)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return e;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAll(
        LogPosition after, StreamFilter filter, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RecordedEvent[] events;
        lock (_lock)
        {
            events = [.. _all.Skip((int)after.Value).Where(e => filter.Matches(e.Stream)).Take(count)];
        }

        foreach (var e in events)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return e;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogMessage> Subscribe(
        LogPosition after, StreamFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            RecordedEvent[] news;
            Task appended;
            lock (_lock)
            {
                news = [.. _all.Skip((int)after.Value)];
                appended = _appended.Task;
            }

            foreach (var e in news.Where(e => filter.Matches(e.Stream)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new LogMessage.Appeared(e);
            }

            after = news is [.., var last] ? last.Position : after;
            yield return new LogMessage.CaughtUp(after);
            await appended.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task<LogPosition> Head(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(new LogPosition(_all.Count));
        }
    }

    static AppendResult.Appended? Repeated(List<RecordedEvent> recorded, ExpectedRevision expected, IReadOnlyList<NewEvent> events)
    {
        var first = expected.Revision is { } revision ? (int)revision + 1 : recorded.FindIndex(e => e.Id == events[0].Id);
        return first >= 0 && first + events.Count <= recorded.Count && events.Select((e, n) => recorded[first + n].Id == e.Id).All(same => same)
            ? new(recorded[first + events.Count - 1].Revision, recorded[first + events.Count - 1].Position)
            : null;
    }
}
