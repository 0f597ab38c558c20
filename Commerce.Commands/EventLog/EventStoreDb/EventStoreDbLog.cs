using Commerce.Domain.Log;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>
/// The log in EventStoreDB (23.10 or newer, KurrentDB as well), spoken to over its gRPC protocol. Positions are the
/// server's commit positions. The server's own streams, and those of other programs whose names are none to Commerce, are
/// not shown.
/// </summary>
/// <remarks>
/// An append at any revision that repeats another one is recognised by the server for as long as it remembers the ids: an
/// operator who restarts it between the two makes it forget. Repeats of what this instance itself went without an answer
/// to are looked for in the stream, and so recognised nevertheless.
/// </remarks>
public sealed class EventStoreDbLog : IEventLog, IAsyncDisposable
{
    readonly EventStoreDbOptions _options;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly ClusterNodes _nodes;
    readonly LogReads _reads;
    readonly BatchAppender _appender;
    readonly AppendAnswers _answers;

    EventStoreDbLog(ClusterNodes nodes, LogReads reads, LogPosition end, TimeSpan deadline, EventStoreDbOptions options, TimeProvider time, ILogger logger)
    {
        (_nodes, _reads, _options, _time, _logger) = (nodes, reads, options, time, logger);
        _appender = new(nodes, reads, end, options, deadline, time, logger);
        _answers = new(reads);
    }

    /// <summary>Finds the server (of a cluster, the member that is preferred) and opens the log on it.</summary>
    /// <exception cref="EventStoreDbConnectionStringException">The connection string is none.</exception>
    /// <exception cref="EventLogUnavailableException">No server can be reached, or no leader be found.</exception>
    /// <exception cref="EventStoreDbRefusedException">The server does not let us in, or is none that will do.</exception>
    public static async Task<EventStoreDbLog> Open(
        EventStoreDbOptions options, TimeProvider time, ILogger<EventStoreDbLog> logger, CancellationToken cancellationToken)
    {
        var connection = EventStoreDbConnectionString.Parse(options.ConnectionString);
        var nodes = new ClusterNodes(connection, options, time, logger);
        try
        {
            var reads = new LogReads(nodes, options);
            var end = await new ServerCheck(connection, nodes, reads, options, time).Run(cancellationToken);
            return new(nodes, reads, end, connection.DefaultDeadline, options, time, logger);
        }
        catch
        {
            nodes.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        var append = new BatchedAppend(stream, expected, events, AppendLimits.Check(events));
        cancellationToken.ThrowIfCancellationRequested();
        return await _answers.ResultOf(append, await _appender.Append(append, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadStream(
        StreamName stream, ReadDirection direction, long from, int count, CancellationToken cancellationToken) =>
        _reads.Stream(stream, direction, from, count, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count, CancellationToken cancellationToken) =>
        _reads.All(after, filter, count, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Once begun, it outlives the loss of the server for <see cref="EventStoreDbOptions.OutageMax"/>.</remarks>
    public IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, CancellationToken cancellationToken) =>
        new LogSubscription(_reads, after, filter, _options, _time, _logger).Messages(cancellationToken);

    /// <inheritdoc/>
    public async Task<LogPosition> Head(CancellationToken cancellationToken) =>
        (await _reads.Newest(StreamFilter.All, cancellationToken)).Position;

    /// <summary>Finishes the appends that wait, then lets go of the server.</summary>
    public async ValueTask DisposeAsync()
    {
        await _appender.DisposeAsync();
        _nodes.Dispose();
    }
}
