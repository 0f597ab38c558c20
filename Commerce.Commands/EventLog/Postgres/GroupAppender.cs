using System.Threading.Channels;
using Commerce.Domain.Log;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>
/// Gathers what all callers append into groups: one call, one transaction, one fsync a group. While one group commits, the
/// next one gathers, so groups grow with the load and nobody waits for company.
/// </summary>
sealed partial class GroupAppender : IAsyncDisposable
{
    readonly NpgsqlDataSource _database;
    readonly PostgresEventLogOptions _options;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly AppendedSignal _appended;
    readonly AppendNotices _notices;
    readonly Channel<PendingAppend> _queue;
    readonly CancellationTokenSource _stopping = new();
    readonly SemaphoreSlim _turn = new(1, 1);
    readonly Task[] _appenders;
    PendingAppend? _held;
    Task _writing = Task.CompletedTask;

    public GroupAppender(NpgsqlDataSource database, PostgresEventLogOptions options, AppendedSignal appended, AppendNotices notices, TimeProvider time, ILogger logger)
    {
        (_database, _options, _appended, _notices, _time, _logger) = (database, options, appended, notices, time, logger);
        _queue = Channel.CreateBounded<PendingAppend>(options.AppendsQueuedMax);
        _appenders = [.. Enumerable.Range(0, options.AppendersMax).Select(_ => Task.Run(Run))];
    }

    /// <summary>Appends with the next group. Cancelled or timed out, it may or may not have happened.</summary>
    public async Task<AppendResult> Append(PendingAppend append, CancellationToken cancellationToken)
    {
        try
        {
            if (!_queue.Writer.TryWrite(append))
                await _queue.Writer.WriteAsync(append, cancellationToken).AsTask().WaitAsync(_options.AnswerMax, _time, cancellationToken);

            return await append.Task.WaitAsync(_options.AnswerMax, _time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            append.Abandon();
            throw PostgresFaults.Unavailable(e);
        }
        catch (OperationCanceledException)
        {
            append.Abandon();
            throw;
        }
        catch (ChannelClosedException e)
        {
            throw new ObjectDisposedException(nameof(PostgresEventLog), e);
        }
    }

    /// <summary>Takes no more, finishes what waits (as long as the server answers), then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _stopping.CancelAfter(_options.AnswerMax);
        await Task.WhenAll(_appenders);
        _turn.Dispose();
        _stopping.Dispose();
    }

    async Task Run()
    {
        await using var session = new AppendSession(_database, _options);
        var group = new AppendGroup(_options);
        while (await Begin(session, group) is { } written)
        {
            await written;
            group.Clear();

            // Those who were just answered go first: what they append next comes with the next group, not with the one after it.
            await Task.Yield();
        }
    }

    /// <summary>
    /// Gathers a group and begins to write it. Beside one that is being written only a large one is begun, so that this process works on it while
    /// the server works on the other: a small one would wait for the log's lock all the same, and grows if it waits here. Null: nothing comes any more.
    /// </summary>
    async Task<Task?> Begin(AppendSession session, AppendGroup group)
    {
        await _turn.WaitAsync();
        try
        {
            while (group.Appends.Count == 0)
            {
                if (_held is null && !await _queue.Reader.WaitToReadAsync())
                    return null;

                Fill(group);
                if (!group.IsLarge && _held is null && !_writing.IsCompleted)
                {
                    await _writing;
                    await Task.Yield();
                    Fill(group);
                }
            }

            return _writing = Write(session, group.Appends);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Adds what waits. What does not fit any more opens the next group.</summary>
    void Fill(AppendGroup group)
    {
        if (_held is { Abandoned: false } held)
            group.TryAdd(held);

        _held = null;
        while (!group.IsFull && _queue.Reader.TryRead(out var next))
        {
            if (!next.Abandoned && !group.TryAdd(next))
            {
                _held = next;
                return;
            }
        }
    }

    /// <summary>Writes the appends and answers every caller, whatever happens.</summary>
    async Task Write(AppendSession session, IReadOnlyList<PendingAppend> appends)
    {
        try
        {
            var isTold = _notices.TryBegin();
            var results = await session.Append(appends, isTold, _stopping.Token);
            var last = LogPosition.Start;
            for (var i = 0; i < results.Length; i++)
            {
                appends[i].SetResult(results[i]);
                if (results[i] is AppendResult.Appended { Position: var position } && position > last)
                    last = position;
            }

            _appended.Set(last);
            _notices.Grown(last, isTold);
        }
        catch (Exception e) when (PostgresFaults.IsUnavailable(e) || e is OperationCanceledException)
        {
            LogUnavailable(_logger, e, appends.Count);
            foreach (var append in appends)
                append.SetException(PostgresFaults.Unavailable(e));
        }
        catch (Exception e) when (appends.Count == 1)
        {
            appends[0].SetException(e);
        }
        catch (Exception e)
        {
            // One of them holds what the server or the wire cannot take, e.g. a NUL in a text. Alone each harms only itself.
            LogSplit(_logger, e, appends.Count);
            foreach (var append in appends)
                await Write(session, [append]);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Appends} appends could not be written: the event log's database does not answer")]
    static partial void LogUnavailable(ILogger logger, Exception fault, int appends);

    [LoggerMessage(LogLevel.Warning, "A group of {Appends} appends was refused as a whole; they are written one by one")]
    static partial void LogSplit(ILogger logger, Exception fault, int appends);
}
