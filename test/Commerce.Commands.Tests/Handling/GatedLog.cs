using System.Collections.Concurrent;
using Commerce.Commands.EventLog;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.Handling;

/// <summary>A log whose appends can be held back, lost on the way there or on the way back, and are counted.</summary>
sealed class GatedLog(IEventLog log) : IEventLog, ITakesTurns, IDisposable
{
    readonly ConcurrentQueue<int> _appends = new();
    readonly ConcurrentQueue<Loss> _losses = new();
    readonly SemaphoreSlim _arrivals = new(0);
    TaskCompletionSource? _gate;
    int _reads;

    public GatedLog()
        : this(new InMemoryEventLog(TimeProvider.System))
    {
    }

    public enum Loss
    {
        /// <summary>The log never got it.</summary>
        OnTheWayThere,

        /// <summary>It is durable, and nobody was told.</summary>
        OnTheWayBack,
    }

    /// <summary>Number of events of each append that reached the log, in order.</summary>
    public IReadOnlyList<int> Appends => [.. _appends];

    public int Reads => _reads;

    /// <summary>Whether reads of streams are not answered.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Called before each append goes on.</summary>
    public Func<Task> BeforeAppend { get; set; } = () => Task.CompletedTask;

    /// <summary>Lends a turn at a stream; by default none.</summary>
    public Func<StreamName, Task<IAsyncDisposable?>> Turn { get; set; } = _ => Task.FromResult<IAsyncDisposable?>(null);

    public void Hold() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        var gate = _gate;
        _gate = null;
        gate?.SetResult();
    }

    /// <summary>Ends when an append waits at the gate.</summary>
    public Task Arrival() => _arrivals.WaitAsync();

    public void Lose(params Loss[] losses) => Array.ForEach(losses, _losses.Enqueue);

    public async Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        var gate = _gate;
        if (gate is not null)
        {
            _arrivals.Release();
        }

        await (gate?.Task ?? Task.CompletedTask).WaitAsync(cancellationToken);
        await BeforeAppend();
        var isLost = _losses.TryDequeue(out var loss);
        if (isLost && loss == Loss.OnTheWayThere)
        {
            throw new EventLogUnavailableException("Lost on the way there.");
        }

        _appends.Enqueue(events.Count);
        var result = await log.Append(stream, expected, events, cancellationToken);
        return isLost ? throw new EventLogUnavailableException("Lost on the way back.") : result;
    }

    public Task<IAsyncDisposable?> TakeTurn(StreamName stream, CancellationToken cancellationToken) => Turn(stream);

    /// <summary>Appends past the gate, as another node would.</summary>
    public Task AppendBeside(StreamName stream, object @event) =>
        log.Append(stream, ExpectedRevision.Any, [new NewEvent(Guid.NewGuid(), EventCatalog.NameOf(@event), EventCatalog.ToJson(@event), default)], CancellationToken.None);

    public IAsyncEnumerable<RecordedEvent> ReadStream(StreamName stream, ReadDirection direction, long from, int count, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        return IsDeaf ? throw new EventLogUnavailableException("It is away.") : log.ReadStream(stream, direction, from, count, cancellationToken);
    }

    public IAsyncEnumerable<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count, CancellationToken cancellationToken) =>
        log.ReadAll(after, filter, count, cancellationToken);

    public IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, CancellationToken cancellationToken) =>
        log.Subscribe(after, filter, cancellationToken);

    public Task<LogPosition> Head(CancellationToken cancellationToken) => log.Head(cancellationToken);

    public void Dispose() => _arrivals.Dispose();
}
