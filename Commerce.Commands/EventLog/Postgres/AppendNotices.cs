using Commerce.Domain.Log;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>
/// When other processes are told that the log has grown: by an append itself where the last notice is a while old, else once for all that
/// came meanwhile, a while after the first of them. A notice wakes every process that listens and costs the server a fifth of what a small
/// append does, and who is told a thousand times a second reads no more than who is told two hundred times.
/// </summary>
sealed partial class AppendNotices(NpgsqlDataSource database, PostgresEventLogOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    readonly Lock _lock = new();
    readonly CancellationTokenSource _stopping = new();
    readonly string _notify = $"select pg_notify('{LogSchema.Channel(options.Schema)}', $1)";
    long? _begunAt;
    LogPosition _told;
    LogPosition _reached;
    bool _isTelling;
    Task _telling = Task.CompletedTask;

    /// <summary>Whether the append that begins now is to give notice of itself. One of those that begin together is.</summary>
    public bool TryBegin()
    {
        lock (_lock)
        {
            if (_begunAt is { } at && time.GetElapsedTime(at) < options.NoticeInterval)
                return false;

            _begunAt = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>The log has grown up to a position.</summary>
    /// <param name="position">The position.</param>
    /// <param name="isTold">Whether the append gave notice of it.</param>
    public void Grown(LogPosition position, bool isTold)
    {
        lock (_lock)
        {
            if (isTold)
                _told = Later(_told, position);

            _reached = Later(_reached, position);
            if (_told < _reached && !_isTelling)
            {
                _isTelling = true;
                _telling = TellLater();
            }
        }
    }

    /// <summary>Gives what notice is due.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Task telling;
        lock (_lock)
            telling = _telling;

        await telling;
        _stopping.Dispose();
    }

    static LogPosition Later(LogPosition one, LogPosition other) => one > other ? one : other;

    // What appends give notice of meanwhile needs none from here.
    async Task TellLater()
    {
        while (NextUntold() is { } awaited)
        {
            await Task.Delay(options.NoticeInterval, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ReachedUnless(awaited) is { } reached)
                await Tell(reached);
        }
    }

    LogPosition? NextUntold()
    {
        lock (_lock)
        {
            _isTelling = _told < _reached;
            return _isTelling ? _reached : null;
        }
    }

    LogPosition? ReachedUnless(LogPosition told)
    {
        lock (_lock)
            return _told < told ? _reached : null;
    }

    async Task Tell(LogPosition reached)
    {
        try
        {
            await using var notify = database.CreateCommand(_notify);
            notify.Parameters.Add(new() { Value = reached.ToString() });
            await notify.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            // Whatever it was: the next append gives notice of this one as well, and whoever follows the log looks from time to time.
            LogUntold(logger, e, reached.Value);
        }

        lock (_lock)
            _told = Later(_told, reached);
    }

    [LoggerMessage(LogLevel.Warning, "Other processes were not told that the log has grown to {Position}; they see it when they look")]
    static partial void LogUntold(ILogger logger, Exception fault, long position);
}
