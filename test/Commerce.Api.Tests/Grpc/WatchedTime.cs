using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Commerce.Api.Tests.Grpc;

/// <summary>A clock that only the test moves, and that tells when somebody begins to wait.</summary>
sealed class WatchedTime() : FakeTimeProvider(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero))
{
    readonly Dictionary<TimeSpan, TaskCompletionSource> _waits = [];
    readonly Channel<TimeSpan> _all = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>How long everybody waits that begins to, one after the other.</summary>
    public ChannelReader<TimeSpan> All => _all.Reader;

    /// <summary>Done when somebody waits for at most so long.</summary>
    public Task Waits(TimeSpan due) => Of(due).Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Of(dueTime).TrySetResult();
        _all.Writer.TryWrite(dueTime);
        return timer;
    }

    TaskCompletionSource Of(TimeSpan due)
    {
        lock (_waits)
        {
            return _waits.TryGetValue(due, out var wait) ? wait : _waits[due] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
