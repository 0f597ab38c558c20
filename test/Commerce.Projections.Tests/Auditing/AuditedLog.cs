using System.Runtime.CompilerServices;
using Commerce.Domain.Log;
using Commerce.Projections.Auditing;

namespace Commerce.Projections.Tests.Auditing;

/// <summary>A log written by hand, so that it can hold what no engine would let in.</summary>
sealed class AuditedLog : IEventLog
{
    static readonly DateTimeOffset At = new(2026, 11, 2, 9, 0, 0, TimeSpan.Zero);
    readonly List<RecordedEvent> _events;

    public AuditedLog(params IEnumerable<RecordedEvent> events) => _events = [.. events];

    public IReadOnlyList<RecordedEvent> Events => _events;

    /// <summary>The log with an event more at the end of a stream; its command is its own.</summary>
    public AuditedLog With(StreamName stream, params object[] events)
    {
        foreach (var e in events)
        {
            Add(stream, EventCatalog.NameOf(e), EventCatalog.ToJson(e), $"command-{_events.Count}", "f");
        }

        return this;
    }

    public AuditedLog With(StreamName stream, object @event, string commandId, string fingerprint) =>
        Add(stream, EventCatalog.NameOf(@event), EventCatalog.ToJson(@event), commandId, fingerprint);

    public AuditedLog With(StreamName stream, string type, byte[] data) => Add(stream, type, data, $"command-{_events.Count}", "f");

    public Task<AuditReport> Audit(bool settled = false) =>
        new Auditor(this).Run(new AuditOptions { RequireSettled = settled }, null, CancellationToken.None);

    public async IAsyncEnumerable<RecordedEvent> ReadAll(
        LogPosition after, StreamFilter filter, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A log whose positions are broken must still be read to its end: its place counts, not what it claims.
        await Task.CompletedTask;
        foreach (var e in _events.Skip(after == LogPosition.Start ? 0 : _events.FindLastIndex(e => e.Position == after) + 1).Take(count))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return e;
        }
    }

    public Task<LogPosition> Head(CancellationToken cancellationToken) =>
        Task.FromResult(_events.Count == 0 ? LogPosition.Start : _events.Max(e => e.Position));

    public Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken) =>
        throw new NotSupportedException("An auditor does not write.");

    public IAsyncEnumerable<RecordedEvent> ReadStream(StreamName stream, ReadDirection direction, long from, int count, CancellationToken cancellationToken) =>
        throw new NotSupportedException("An audit is one pass over the whole log.");

    public IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, CancellationToken cancellationToken) =>
        throw new NotSupportedException("An audit ends.");

    AuditedLog Add(StreamName stream, string type, byte[] data, string commandId, string fingerprint)
    {
        var metadata = new EventMetadata { OccurredAt = At, CommandId = commandId, Fingerprint = fingerprint, Actor = "test" };
        var position = _events.Count + 1;
        _events.Add(new RecordedEvent(
            stream, _events.Count(e => e.Stream == stream), new LogPosition(position), new Guid(position, 1, 2, [3, 4, 5, 6, 7, 8, 9, 10]), type, data, metadata.ToJson(), At));
        return this;
    }
}
