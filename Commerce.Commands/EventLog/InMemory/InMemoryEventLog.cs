using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.InMemory;

/// <summary>The whole contract of the log in memory, for tests and the simulation.</summary>
public sealed class InMemoryEventLog(TimeProvider time) : IEventLog
{
    /// <summary>Events that a reader copies under the lock at once.</summary>
    const int PageEventsMax = 1_024;

    readonly Lock _lock = new();
    readonly List<RecordedEvent> _all = [];
    readonly Dictionary<StreamName, List<RecordedEvent>> _streams = [];
    readonly Dictionary<(StreamName Stream, Guid FirstId), List<int>> _appends = [];
    readonly AppendedSignal _appended = new();

    /// <inheritdoc/>
    public Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        AppendLimits.Check(events);
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<AppendResult>(cancellationToken);

        AppendResult result;
        lock (_lock)
            result = Decide(stream, expected, events);

        if (result is AppendResult.Appended appended)
            _appended.Set(appended.Position);

        return Task.FromResult(result);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadStream(
        StreamName stream, ReadDirection direction, long from, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RecordedEvent[] events;
        lock (_lock)
        {
            var all = CollectionsMarshal.AsSpan(_streams.GetValueOrDefault(stream, []));
            if (direction == ReadDirection.Forwards)
            {
                var rest = all[(int)Math.Clamp(from, 0, all.Length)..];
                events = rest[..Math.Min(count, rest.Length)].ToArray();
            }
            else
            {
                var rest = all[..(int)(Math.Clamp(from, -1, all.Length - 1) + 1)];
                events = rest[Math.Max(0, rest.Length - count)..].ToArray();
                Array.Reverse(events);
            }
        }

        foreach (var e in events)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return e;
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAll(
        LogPosition after, StreamFilter filter, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var end = await Head(cancellationToken);
        while (count > 0 && after < end)
        {
            foreach (var e in Page(after))
            {
                cancellationToken.ThrowIfCancellationRequested();
                after = e.Position;
                if (count == 0 || after > end)
                    yield break;

                if (filter.Matches(e.Stream))
                {
                    count--;
                    yield return e;
                }
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogMessage> Subscribe(
        LogPosition after, StreamFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before the log is looked at: what is appended in between completes it.
            var appended = _appended.Next;
            while (Page(after) is [.., var last] page)
            {
                foreach (var e in page.Where(e => filter.Matches(e.Stream)))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return new LogMessage.Appeared(e);
                }

                after = last.Position;
                if (!filter.Matches(last.Stream))
                    yield return new LogMessage.Reached(after);
            }

            yield return new LogMessage.CaughtUp(after);
            await appended.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task<LogPosition> Head(CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult(new LogPosition(_all.Count));
    }

    // Position n is at index n - 1.
    RecordedEvent[] Page(LogPosition after)
    {
        lock (_lock)
        {
            var rest = CollectionsMarshal.AsSpan(_all)[(int)Math.Min(after.Value, _all.Count)..];
            return rest[..Math.Min(PageEventsMax, rest.Length)].ToArray();
        }
    }

    AppendResult Decide(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events)
    {
        var recorded = _streams.GetValueOrDefault(stream, []);
        var actual = recorded.Count - 1;
        List<int> places = expected.Revision is { } revision
            ? revision < actual ? [(int)revision + 1] : []
            : _appends.GetValueOrDefault((stream, events[0].Id), []);
        foreach (var place in places)
        {
            if (place + events.Count <= recorded.Count && events.Select((e, n) => recorded[place + n].Id == e.Id).All(same => same))
                return Appended(recorded[place + events.Count - 1]);
        }

        // Without a place of its own, an append that begins like an earlier one and goes on differently repeats half of it.
        if (!expected.IsMetBy(actual) || places.Count > 0)
            return new AppendResult.WrongExpectedRevision(expected, actual);

        _streams[stream] = recorded;
        var starts = CollectionsMarshal.GetValueRefOrAddDefault(_appends, (stream, events[0].Id), out _) ??= [];
        starts.Add(recorded.Count);
        foreach (var e in events)
        {
            var next = new RecordedEvent(stream, recorded.Count, new LogPosition(_all.Count + 1), e.Id, e.Type, e.Data, e.Metadata, time.GetUtcNow());
            recorded.Add(next);
            _all.Add(next);
        }

        return Appended(recorded[^1]);
    }

    static AppendResult.Appended Appended(RecordedEvent last) => new(last.Revision, last.Position);
}
