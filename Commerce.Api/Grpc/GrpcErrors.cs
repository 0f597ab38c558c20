using Commerce.Api.Http;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Commerce.Api.Grpc;

/// <summary>Turns what is thrown into statuses with their codes, and says which answers are worth compressing. Nothing of our inside gets out.</summary>
sealed partial class GrpcErrors(TimeProvider time, ILogger<GrpcErrors> logger) : Interceptor
{
    static readonly Problem MessageInvalid = new(400, "message-invalid", "What came is no message of this method.");

    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            var response = await continuation(request, context).ConfigureAwait(false);
            if (response is Google.Protobuf.IMessage message && message.CalculateSize() < GrpcLimits.CompressedBytesMin)
            {
                context.WriteOptions = GrpcWrites.Plain;
            }

            return response;
        }
        catch (Exception e) when (Refusal(e, context) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context).ConfigureAwait(false);
        }
        catch (Exception e) when (Refusal(e, context) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <inheritdoc/>
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context).ConfigureAwait(false);
        }
        catch (Exception e) when (Refusal(e, context) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <summary>The refusal that an exception is; a defect is told to operators.</summary>
    public Problem ProblemOf(Exception e, string method)
    {
        var problem = ProblemMiddleware.Of(e);
        if (problem == Problems.Internal)
        {
            LogDefect(e, method);
        }

        return problem;
    }

    // What the library throws itself, a call that is too large for one, has its status already; so has a client that went or whose deadline passed.
    RpcException? Refusal(Exception e, ServerCallContext context) => e switch
    {
        RpcException => null,
        OperationCanceledException when IsOverTime(context) => Problems.TimedOut.Exception(),

        // The server takes what is written to a call that has just ended for a wrong order of calls; where its deadline ends it, before it says so.
        OperationCanceledException or IOException or InvalidOperationException when context.CancellationToken.IsCancellationRequested || context.Deadline <= time.GetUtcNow() => new(new Status(StatusCode.Cancelled, "The call has ended.")),

        // What comes on a stream is read while it is handled, and nothing behind reads files: the frames or the message are none.
        IOException or InvalidDataException when ProblemMiddleware.Of(e) == Problems.Internal => MessageInvalid.Exception(),
        _ => ProblemOf(e, context.Method).Exception(),
    };

    static bool IsOverTime(ServerCallContext context) =>
        context.GetHttpContext().Features.Get<IHttpRequestTimeoutFeature>() is { RequestTimeoutToken.IsCancellationRequested: true };

    [LoggerMessage(LogLevel.Error, "A defect: {Method} ended in an exception that nothing answers.")]
    partial void LogDefect(Exception exception, string method);
}
