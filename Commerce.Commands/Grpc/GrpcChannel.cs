using System.Buffers;
using System.Globalization;
using System.Net;
using Google.Protobuf;

namespace Commerce.Commands.Grpc;

/// <summary>One rpc: where it is called, and how its answers are read.</summary>
sealed record GrpcMethod<TRequest, TResponse>(string Service, string Name, MessageParser<TResponse> Answers)
    where TResponse : IMessage<TResponse>;

/// <summary>
/// Calls gRPC's methods on one server, over HTTP/2 with the base library alone. Connections come about with the first call
/// and anew after a loss.
/// </summary>
/// <param name="address">The server: <c>http</c> (HTTP/2 without TLS, which it must expect) or <c>https</c>.</param>
/// <param name="connections">Makes connections; disposed with the channel.</param>
/// <param name="headers">Sent with each call.</param>
/// <param name="time">Clock of deadlines.</param>
sealed class GrpcChannel(Uri address, HttpMessageHandler connections, IReadOnlyDictionary<string, string> headers, TimeProvider time) : IDisposable
{
    /// <summary>Longest deadline that the header <c>grpc-timeout</c> can name in milliseconds: eight digits, more than a day.</summary>
    const long DeadlineMsMax = 99_999_999;

    readonly HttpMessageInvoker _http = new(connections, disposeHandler: true);

    /// <summary>The server.</summary>
    public Uri Address => address;

    /// <summary>One message there, one back.</summary>
    /// <exception cref="GrpcException">The call ended badly, or not before the deadline.</exception>
    public async Task<TResponse> Unary<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest message, TimeSpan deadline, CancellationToken cancellationToken)
        where TRequest : IMessage
        where TResponse : IMessage<TResponse>
    {
        var milliseconds = Math.Clamp((long)deadline.TotalMilliseconds, 1, DeadlineMsMax);
        await using var call = Start(method, Single(message), cancellationToken, ("grpc-timeout", milliseconds.ToString(CultureInfo.InvariantCulture) + "m"));
        call.SilenceMax = deadline;
        return await call.WaitToRead() && call.TryRead(out var answer) && !await call.WaitToRead()
            ? answer
            : throw new GrpcException(GrpcStatusCode.Internal, $"{method.Name} did not give just one answer.");
    }

    /// <summary>One message there, many back.</summary>
    public GrpcCall<TResponse> ServerStreaming<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest message, CancellationToken cancellationToken)
        where TRequest : IMessage
        where TResponse : IMessage<TResponse> =>
        Start(method, Single(message), cancellationToken);

    /// <summary>Many there and many back, as both sides like.</summary>
    public (GrpcRequests<TRequest> Requests, GrpcCall<TResponse> Answers) Duplex<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, CancellationToken cancellationToken)
        where TRequest : IMessage
        where TResponse : IMessage<TResponse>
    {
        var requests = new GrpcRequests<TRequest>();
        return (requests, Start(method, requests, cancellationToken));
    }

    public void Dispose() => _http.Dispose();

    static ReadOnlyMemoryContent Single(IMessage message)
    {
        var frame = new ArrayBufferWriter<byte>(GrpcFrames.PrefixBytes + message.CalculateSize());
        GrpcFrames.Write(frame, message);
        return new(frame.WrittenMemory);
    }

    GrpcCall<TResponse> Start<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, HttpContent body, CancellationToken cancellationToken, params IEnumerable<(string Name, string Value)> more)
        where TResponse : IMessage<TResponse>
    {
        // HTTP/2 and nothing else: without TLS that is prior knowledge.
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, $"/{method.Service}/{method.Name}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
        body.Headers.ContentType = new("application/grpc");
        foreach (var (name, value) in headers.Select(h => (h.Key, h.Value)).Append(("te", "trailers")).Concat(more))
            request.Headers.TryAddWithoutValidation(name, value);

        return new(_http, request, method.Answers, time, cancellationToken);
    }
}
