using System.Runtime.CompilerServices;
using Commerce.Domain.Log;
using Commerce.Simulation.Machinery;

namespace Commerce.Simulation.Servers;

/// <summary>The event log as one process reaches it.</summary>
sealed class NodeLog(LogServer server, Link link) : IEventLog
{
    public Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken) =>
        link.Call("append", new Writing(stream, events), () => server.Append(stream, expected, events));

    public async IAsyncEnumerable<RecordedEvent> ReadStream(StreamName stream, ReadDirection direction, long from, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var recorded in await link.Call("read", stream, () => server.ReadStream(stream, direction, from, count)).ConfigureAwait(false))
        {
            yield return recorded;
        }
    }

    public async IAsyncEnumerable<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var recorded in await Page(after, filter, count).ConfigureAwait(false))
        {
            yield return recorded;
        }
    }

    /// <summary>Events after a position, at once.</summary>
    public Task<List<RecordedEvent>> Page(LogPosition after, StreamFilter filter, int count) =>
        link.Call("read the log after", after, () => server.ReadAll(after, filter, count));

    /// <summary>The processes of the simulation read by pages and are told when the log grows.</summary>
    public IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<LogPosition> Head(CancellationToken cancellationToken) => link.Call("ask for the head of the log", null, server.Head);

    /// <summary>What is appended, in words for who reads them.</summary>
    sealed record Writing(StreamName Stream, IReadOnlyList<NewEvent> Events)
    {
        public override string ToString() => $"{string.Join(", ", Events.Select(e => e.Type))} to {Stream}";
    }
}
