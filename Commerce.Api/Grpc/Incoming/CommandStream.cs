using System.Threading.Channels;
using Commerce.Api.Admission;
using Commerce.Api.Grpc.Services;
using Commerce.Api.Http;
using Grpc.Core;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Incoming;

/// <summary>
/// Many commands on one call: each is begun as it is read and answered as it is done. So many are under way at once; until one of them is
/// answered no more are read, and a client that goes on sending is held back by the connection itself (RFC 9113, 5.2).
/// </summary>
sealed class CommandStream(CommandDispatch dispatch, ClientLimits limits, GrpcErrors errors, TimeProvider time, IHostApplicationLifetime lifetime)
{
    static readonly Problem Idle = new(503, "stream-idle", $"No command came for {GrpcLimits.StreamIdleMax.TotalMinutes} minutes.") { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>Reads commands to their end, and writes all answers.</summary>
    /// <exception cref="RpcException">Nothing came for too long, or the process ends.</exception>
    /// <exception cref="OperationCanceledException">The client is gone, or was let go because it took no answers.</exception>
    public async Task Run(IAsyncStreamReader<Wire.Command> commands, IServerStreamWriter<Wire.CommandAnswer> answers, ServerCallContext call)
    {
        using var places = new SemaphoreSlim(GrpcLimits.StreamCommandsMax);
        var ready = Channel.CreateUnbounded<Wire.CommandAnswer>(new() { SingleReader = true });
        var writing = Write(ready.Reader, answers, places, call);
        try
        {
            var end = await Read(commands, places, ready.Writer, call).ConfigureAwait(false);
            await AllAnswered(places, call.CancellationToken).ConfigureAwait(false);
            ready.Writer.Complete();
            await writing.ConfigureAwait(false);
            if (end is not null)
            {
                throw end.Exception();
            }
        }
        catch
        {
            ready.Writer.TryComplete();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    // Why reading ended; null: the client has no more.
    async Task<Problem?> Read(IAsyncStreamReader<Wire.Command> commands, SemaphoreSlim places, ChannelWriter<Wire.CommandAnswer> ready, ServerCallContext call)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            while (!over.IsCancellationRequested && await HasNext(commands, over.Token).ConfigureAwait(false))
            {
                await places.WaitAsync(over.Token).ConfigureAwait(false);
                _ = Answer(commands.Current, call, ready);
            }

            return over.IsCancellationRequested ? LiveWrites.Stopping : null;
        }
        catch (TimeoutException)
        {
            return Idle;
        }
        catch (OperationCanceledException) when (!call.CancellationToken.IsCancellationRequested)
        {
            return LiveWrites.Stopping;
        }
    }

    // Most are there already; who waits is waited for a while.
    Task<bool> HasNext(IAsyncStreamReader<Wire.Command> commands, CancellationToken over)
    {
        var next = commands.MoveNext(CancellationToken.None);
        return next.IsCompleted ? next : next.WaitAsync(GrpcLimits.StreamIdleMax, time, over);
    }

    // Never throws: what goes wrong is the command's answer. Whoever reads the channel frees its place.
    async Task Answer(Wire.Command command, ServerCallContext call, ChannelWriter<Wire.CommandAnswer> ready)
    {
        var answer = new Wire.CommandAnswer { Id = command.Id };
        try
        {
            if (limits.TryTakeMore(call.GetHttpContext(), out var wait))
            {
                await dispatch.Answer(answer, command, call.GetHttpContext(), call.CancellationToken).ConfigureAwait(false);
            }
            else
            {
                answer.Refused = (Problems.RateLimited with { RetryAfter = wait }).Refusal();
            }
        }
        catch (OperationCanceledException) when (call.CancellationToken.IsCancellationRequested)
        {
            // Nobody reads it any more.
        }
        catch (Exception e)
        {
            answer.Refused = errors.ProblemOf(e, call.Method).Refusal();
        }

        ready.TryWrite(answer);
    }

    async Task Write(ChannelReader<Wire.CommandAnswer> ready, IServerStreamWriter<Wire.CommandAnswer> answers, SemaphoreSlim places, ServerCallContext call)
    {
        var waiting = 0;
        while (await ready.WaitToReadAsync(call.CancellationToken).ConfigureAwait(false))
        {
            while (ready.TryRead(out var answer))
            {
                // Those that are ready together are sent together; but one may always be ready, and only what is sent shows whether the client takes it.
                var isGathered = ++waiting < GrpcLimits.AnswersTogetherMax && ready.TryPeek(out _);
                waiting = isGathered ? waiting : 0;
                answers.WriteOptions = isGathered ? GrpcWrites.PlainWithNext : GrpcWrites.Plain;
                await answers.Give(answer, time, call).ConfigureAwait(false);
                places.Release();
            }
        }
    }

    static async Task AllAnswered(SemaphoreSlim places, CancellationToken cancellationToken)
    {
        for (var n = 0; n < GrpcLimits.StreamCommandsMax; n++)
        {
            await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
