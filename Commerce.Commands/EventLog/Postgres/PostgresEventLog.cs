using System.Runtime.CompilerServices;
using Commerce.Domain.Log;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>
/// The log in PostgreSQL: one table, written by one function (see Schema.sql, which says why readers miss nothing), from
/// any number of nodes.
/// </summary>
/// <remarks>A full queue of appends makes callers wait, at most <see cref="PostgresEventLogOptions.AnswerMax"/>.</remarks>
public sealed partial class PostgresEventLog : IEventLog, IAppendsInOrder, ITakesTurns, IAsyncDisposable
{
    readonly PostgresEventLogOptions _options;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly NpgsqlDataSource _database;
    readonly AppendedSignal _appended = new();
    readonly AppendNotices _notices;
    readonly GroupAppender _appender;
    readonly AppendedListener _listener;
    readonly LogPages _pages;
    readonly LogTail _tail;
    readonly StreamTurns _turns;

    PostgresEventLog(NpgsqlDataSource database, PostgresEventLogOptions options, TimeProvider time, ILogger logger)
    {
        (_database, _options, _time, _logger) = (database, options, time, logger);
        _pages = new(database, options);
        _tail = new(_pages, options);
        _turns = new(database, options);
        _notices = new(database, options, time, logger);
        _appender = new(database, options, _appended, _notices, time, logger);
        _listener = new(options, _appended, time, logger);
    }

    /// <summary>Creates the schema where it is missing, and opens the log.</summary>
    /// <exception cref="EventLogUnavailableException">The database cannot be reached.</exception>
    public static async Task<PostgresEventLog> Open(
        PostgresEventLogOptions options, TimeProvider time, ILogger<PostgresEventLog> logger, CancellationToken cancellationToken)
    {
        var database = LogConnections.Pool(options);
        try
        {
            await LogSchema.Create(database, options.Schema, cancellationToken);
            return new(database, options, time, logger);
        }
        catch (Exception e)
        {
            await database.DisposeAsync();
            if (PostgresFaults.IsUnavailable(e))
                throw PostgresFaults.Unavailable(e);

            throw;
        }
    }

    /// <inheritdoc/>
    public Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        var bytes = AppendLimits.Check(events);
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<AppendResult>(cancellationToken)
            : _appender.Append(new(stream, expected, events, bytes), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AppendResult>> AppendInOrder(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken)
    {
        // One call of the schema's function is one transaction, which takes its appends one after the other.
        var pending = appends.Select(a => new PendingAppend(a.Stream, a.Expected, a.Events, AppendLimits.Check(a.Events))).ToList();
        await using var session = new AppendSession(_database, _options);
        try
        {
            var results = await session.Append(pending, isTold: true, cancellationToken);
            _appended.Wake();
            return results;
        }
        catch (Exception e) when (PostgresFaults.IsUnavailable(e))
        {
            throw PostgresFaults.Unavailable(e);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadStream(
        StreamName stream, ReadDirection direction, long from, int count, CancellationToken cancellationToken) =>
        _pages.Stream(stream, direction, from, count, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAll(
        LogPosition after, StreamFilter filter, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LogPosition? end = null;
        while (count > 0 && (end is null || after < end))
        {
            var page = await _pages.Next(after, filter, count, cancellationToken);
            end ??= page.Head;
            foreach (var e in page.Events)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return e;
            }

            count -= page.Events.Count;
            after = page.Reached;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Once begun, it outlives the loss of the server for <see cref="PostgresEventLogOptions.OutageMax"/>.</remarks>
    public async IAsyncEnumerable<LogMessage> Subscribe(
        LogPosition after, StreamFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var begun = false;
        while (true)
        {
            // Taken before the log is looked at: what is appended in between completes it.
            var appended = _appended.Next;
            var page = begun
                ? await NextDespiteOutage(after, filter, cancellationToken)
                : await _tail.Next(after, filter, cancellationToken);
            foreach (var e in page.Events)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new LogMessage.Appeared(e);
            }

            var moved = !begun || page.Reached > after;
            (begun, after) = (true, page.Reached);
            if (after < page.Head)
            {
                if (page.Events is not [.., var last] || last.Position < after)
                    yield return new LogMessage.Reached(after);

                continue;
            }

            if (moved)
                yield return new LogMessage.CaughtUp(after);

            await Woken(appended, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task<LogPosition> Head(CancellationToken cancellationToken) => _pages.Head(cancellationToken);

    /// <inheritdoc/>
    public Task<IAsyncDisposable?> TakeTurn(StreamName stream, CancellationToken cancellationToken) => _turns.Take(stream, cancellationToken);

    /// <summary>Finishes the appends that wait, then lets go of the server.</summary>
    public async ValueTask DisposeAsync()
    {
        await _appender.DisposeAsync();
        await _notices.DisposeAsync();
        await _listener.DisposeAsync();
        await _tail.DisposeAsync();
        await _database.DisposeAsync();
    }

    async Task<LogPage> NextDespiteOutage(LogPosition after, StreamFilter filter, CancellationToken cancellationToken)
    {
        var pause = new Backoff(_options.ReconnectPauseMin, _options.ReconnectPauseMax, _time);
        var lostAt = _time.GetTimestamp();
        while (true)
        {
            try
            {
                return await _tail.Next(after, filter, cancellationToken);
            }
            catch (EventLogUnavailableException e) when (_time.GetElapsedTime(lostAt) < _options.OutageMax)
            {
                LogOutage(_logger, e, after.Value);
                await pause.Wait(cancellationToken);
            }
        }
    }

    async Task Woken(Task appended, CancellationToken cancellationToken)
    {
        try
        {
            await appended.WaitAsync(_options.PollInterval, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Time to look although nothing was heard.
        }
    }

    [LoggerMessage(LogLevel.Warning, "A subscription at position {Position} waits for the event log's database")]
    static partial void LogOutage(ILogger logger, Exception fault, long position);
}
