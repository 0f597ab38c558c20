using Commerce.Api.Http;
using Grpc.Core;

namespace Commerce.Api.Grpc.Services;

/// <summary>Writing to somebody whose call lasts: who follows, or who sends many commands on one call.</summary>
static class LiveWrites
{
    static readonly Problem Slow = new(503, "listener-too-slow", $"Nothing was taken for {GrpcLimits.TakeMax.TotalSeconds} s: come again, from what was heard last.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    /// <summary>What who listens is told when the process ends.</summary>
    public static readonly Problem Stopping = new(503, "stopping", "This process ends: come again, from what was heard last.") { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>Writes a message. Who does not take it in time is let go: what it misses is not kept for it.</summary>
    /// <exception cref="RpcException">It was not taken.</exception>
    public static async ValueTask Give<T>(this IServerStreamWriter<T> listener, T message, TimeProvider time, ServerCallContext call)
    {
        var writing = listener.WriteAsync(message, call.CancellationToken);
        if (writing.IsCompletedSuccessfully)
        {
            return;
        }

        try
        {
            await writing.WaitAsync(GrpcLimits.TakeMax, time, call.CancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The write that hangs would keep the call from ending.
            call.GetHttpContext().Abort();
            throw Slow.Exception();
        }
    }
}
