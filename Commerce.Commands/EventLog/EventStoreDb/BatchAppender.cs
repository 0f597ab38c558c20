using System.Threading.Channels;
using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Domain.Log;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>
/// Sends what all callers append over one call, many at once, and gives each caller its own answer. When the call breaks,
/// what is unanswered goes out again over the next one; the ids of the events see to it that nothing is written twice.
/// </summary>
sealed partial class BatchAppender : IAsyncDisposable
{
    /// <summary>Searches for unanswered appends that run at once after a lost connection.</summary>
    const int SearchesMax = 16;

    readonly ClusterNodes _nodes;
    readonly EventStoreDbOptions _options;
    readonly TimeSpan _deadline;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly RepeatSearch _search;
    readonly AppendsInFlight _inFlight;
    readonly UnansweredAppends _unanswered;
    readonly Channel<BatchedAppend> _queue;
    readonly CancellationTokenSource _stopping = new();
    readonly Task _running;
    volatile BatchAppendExchange? _exchange;

    public BatchAppender(
        ClusterNodes nodes, LogReads reads, LogPosition end, EventStoreDbOptions options, TimeSpan deadline, TimeProvider time, ILogger logger)
    {
        (_nodes, _options, _deadline, _time, _logger) = (nodes, options, deadline, time, logger);
        _search = new(reads, options);
        _inFlight = new(options, end);
        _unanswered = new(options.UnansweredRememberedMax);
        _queue = Channel.CreateBounded<BatchedAppend>(new BoundedChannelOptions(options.AppendsQueuedMax) { SingleReader = true });
        _running = Task.Run(Run);
    }

    /// <summary>Appends. Cancelled or out of time, it may or may not have happened.</summary>
    /// <exception cref="EventLogException">The server did not answer in time, or refuses every append.</exception>
    public async Task<BatchAppendResp> Append(BatchedAppend append, CancellationToken cancellationToken)
    {
        append.Begun = _time.GetTimestamp();
        append.SentAfter = _unanswered.SentAfter(append.Expected, append.Events);
        try
        {
            if (append.NeedsSearch && await _search.Find(append, cancellationToken) is { } found)
                return found;
            if (!_queue.Writer.TryWrite(append))
                await _queue.Writer.WriteAsync(append, cancellationToken).AsTask().WaitAsync(_deadline, _time, cancellationToken);

            var answer = await append.Task.WaitAsync(Left(append), _time, cancellationToken);
            if (answer.ResultCase == BatchAppendResp.ResultOneofCase.Error)
                _unanswered.Remember(append);

            return answer;
        }
        catch (ChannelClosedException e)
        {
            throw new ObjectDisposedException(nameof(EventStoreDbLog), e);
        }
        catch (Exception e)
        {
            _inFlight.Abandon(append);
            _unanswered.Remember(append);
            if (e is not TimeoutException)
                throw;

            // Half: the call may have begun with this append, or after a break in the middle of its time.
            _exchange?.GiveUpIfSilentFor(_deadline / 2);
            throw new EventLogUnavailableException($"EventStoreDB did not answer an append within {_deadline.TotalSeconds:0.###} s.", e);
        }
    }

    /// <summary>Takes no more, finishes what waits (as long as the server answers), then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _stopping.CancelAfter(_deadline);
        await _running;
        _stopping.Dispose();
    }

    TimeSpan Left(BatchedAppend append)
    {
        var left = _deadline - _time.GetElapsedTime(append.Begun);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    async Task Run()
    {
        var pause = new Backoff(_options.ReconnectPauseMin, _options.ReconnectPauseMax, _time);
        var requests = new AppendRequests(_queue.Reader, _inFlight, _deadline, _time);
        try
        {
            while (await requests.Any(_stopping.Token))
            {
                if (!await Exchange(requests, pause))
                    await pause.Wait(_stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            Fail(new EventLogUnavailableException("The event log was closed before EventStoreDB answered."));
            while (_queue.Reader.TryRead(out var append))
                append.TrySetException(new EventLogUnavailableException("The event log was closed before an append was sent."));
        }
    }

    /// <summary>One call, from its beginning to its end. False: it broke.</summary>
    async Task<bool> Exchange(AppendRequests requests, Backoff pause)
    {
        try
        {
            await Settle();
            await using var exchange = new BatchAppendExchange(_nodes, await _nodes.Current(_stopping.Token), _inFlight, _options, _time, _stopping.Token);
            _exchange = exchange;
            await exchange.Run(requests, pause.Reset);
            return true;
        }
        catch (EventLogUnavailableException e)
        {
            LogBroken(_logger, e, _inFlight.All().Length);
            return false;
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            // No other call would fare better.
            LogFailed(_logger, e);
            Fail(e);
            return false;
        }
        finally
        {
            _exchange = null;
        }
    }

    /// <summary>Answers those of the unanswered appends that were written all the same and that the server may not recognise.</summary>
    Task Settle() => Parallel.ForEachAsync(
        _inFlight.All().Where(a => a.NeedsSearch),
        new ParallelOptions { MaxDegreeOfParallelism = SearchesMax, CancellationToken = _stopping.Token },
        async (append, cancellationToken) =>
        {
            if (await _search.Find(append, cancellationToken) is { } answer)
                _inFlight.Take(append.Correlation)?.TrySetResult(answer);
        });

    void Fail(Exception why)
    {
        foreach (var append in _inFlight.All())
            _inFlight.Take(append.Correlation)?.TrySetException(why);
    }

    [LoggerMessage(LogLevel.Warning, "The call that appends broke with {Appends} appends unanswered; they go out again")]
    static partial void LogBroken(ILogger logger, Exception fault, int appends);

    [LoggerMessage(LogLevel.Error, "EventStoreDB takes no appends")]
    static partial void LogFailed(ILogger logger, Exception fault);
}
