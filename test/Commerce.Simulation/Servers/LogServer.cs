using Commerce.Commands.EventLog.InMemory;
using Commerce.Domain.Log;
using Commerce.Simulation.Machinery;

namespace Commerce.Simulation.Servers;

/// <summary>The event log: the engine in memory, asked by one at a time, so that it answers at once.</summary>
sealed class LogServer
{
    static readonly TimeSpan NoticeAfter = TimeSpan.FromMilliseconds(2);

    readonly Scheduler _scheduler;
    readonly List<Action> _waiting = [];
    readonly Dictionary<Guid, Guid> _ids = [];

    public LogServer(Scheduler scheduler)
    {
        _scheduler = scheduler;
        Events = new InMemoryEventLog(new Clock(scheduler));
    }

    /// <summary>What the run leaves behind.</summary>
    public InMemoryEventLog Events { get; }

    /// <summary>Appends so far, done or refused.</summary>
    public long Appends { get; private set; }

    /// <summary>Appends that lost a race.</summary>
    public long Refused { get; private set; }

    /// <summary>A defect that is made on purpose: appends to these streams are not fenced.</summary>
    public Func<StreamName, bool> IsUnfenced { get; set; } = _ => false;

    public AppendResult Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events)
    {
        var fence = IsUnfenced(stream) ? ExpectedRevision.Any : expected;
        var result = Now(Events.Append(stream, fence, [.. events.Select(e => e with { Id = Named(e.Id) })], default));
        (Appends, Refused) = (Appends + 1, Refused + (result is AppendResult.WrongExpectedRevision ? 1 : 0));
        foreach (var wake in _waiting.ToArray())
        {
            _scheduler.After(NoticeAfter, wake);
        }

        _waiting.Clear();
        return result;
    }

    /// <summary>Calls back once, soon after the next append.</summary>
    public void WhenGrown(Action wake) => _waiting.Add(wake);

    public List<RecordedEvent> ReadStream(StreamName stream, ReadDirection direction, long from, int count) => Now(Events.ReadStream(stream, direction, from, count, default));

    public List<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count) => Now(Events.ReadAll(after, filter, count, default));

    public LogPosition Head() => Now(Events.Head(default));

    // Whoever appends draws the ids of events, and no seed governs that: here each gets another one for good, drawn from the seed.
    Guid Named(Guid id)
    {
        if (!_ids.TryGetValue(id, out var named))
        {
            _ids[id] = named = _scheduler.NewId();
        }

        return named;
    }

    static T Now<T>(Task<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("The log in memory answers at once.");

    static List<T> Now<T>(IAsyncEnumerable<T> all)
    {
        var list = new List<T>();
        var next = all.GetAsyncEnumerator();
        while (Now(next.MoveNextAsync().AsTask()))
        {
            list.Add(next.Current);
        }

        return list;
    }

    sealed class Clock(Scheduler scheduler) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => scheduler.Now;
    }
}
