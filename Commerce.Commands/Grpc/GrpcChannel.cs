using System.Buffers;
using System.Net;
using System.Net.Security;
using Google.Protobuf;

namespace Commerce.Commands.Grpc;

/// <summary>
/// Calls gRPC's methods on one server, over HTTP/2 with the base library alone. Connections come about with the first call
/// and anew after a loss.
/// </summary>
sealed class GrpcChannel : IDisposable
{
    readonly GrpcChannelOptions _options;
    readonly TimeProvider _time;
    readonly HttpMessageInvoker _http;

    public GrpcChannel(GrpcChannelOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = options.ConnectMax,
            EnableMultipleHttp2Connections = true,
            InitialHttp2StreamWindowSize = options.ReadAheadBytes,
            KeepAlivePingDelay = options.KeepAliveInterval,
            KeepAlivePingTimeout = options.KeepAliveTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,

            // Calls that live as long as the process are no part of anybody's trace.
            ActivityHeadersPropagator = null,
            SslOptions = new() { RemoteCertificateValidationCallback = (_, _, _, errors) => Trusts(errors) },
        };
        _http = new(handler, disposeHandler: true);
    }

    /// <summary>The server.</summary>
    public Uri Address => _options.Address;

    /// <summary>One message there, one back.</summary>
    /// <exception cref="GrpcException">The call ended badly, or not before the deadline.</exception>
    public async Task<TResponse> Unary<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest message, TimeSpan deadline, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse>
    {
        var request = Request(method.Path, Single(message));
        request.Headers.Add(GrpcTimeout.Header, GrpcTimeout.Format(deadline));
        await using var call = Start(request, method.Answers, cancellationToken);
        call.SilenceMax = deadline;
        return await call.WaitToRead() && call.TryRead(out var answer) && !await call.WaitToRead()
            ? answer
            : throw new GrpcException(GrpcStatusCode.Internal, $"{method.Name} did not give just one answer.");
    }

    /// <summary>One message there, many back.</summary>
    public GrpcCall<TResponse> ServerStreaming<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest message, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> =>
        Start(Request(method.Path, Single(message)), method.Answers, cancellationToken);

    /// <summary>Many there and many back, as both sides like.</summary>
    public GrpcDuplexCall<TRequest, TResponse> Duplex<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse>
    {
        var body = new GrpcStreamedRequest();
        return new(Start(Request(method.Path, body), method.Answers, cancellationToken), body);
    }

    public void Dispose() => _http.Dispose();

    GrpcCall<TResponse> Start<TResponse>(HttpRequestMessage request, MessageParser<TResponse> answers, CancellationToken cancellationToken)
        where TResponse : IMessage<TResponse> =>
        new(_http, request, answers, _options.MessageBytesMax, _time, cancellationToken);

    bool Trusts(SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None || !_options.VerifyCertificate ? true : throw new UntrustedCertificateException(errors);

    static ReadOnlyMemoryContent Single(IMessage message)
    {
        var frame = new ArrayBufferWriter<byte>(GrpcFrames.PrefixBytes + message.CalculateSize());
        GrpcFrames.Write(frame, message);
        return new(frame.WrittenMemory) { Headers = { ContentType = new("application/grpc") } };
    }

    HttpRequestMessage Request(string path, HttpContent body)
    {
        // HTTP/2 and nothing else: without TLS that is prior knowledge.
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_options.Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
        request.Headers.TE.Add(new("trailers"));
        foreach (var (name, value) in _options.Headers)
            request.Headers.TryAddWithoutValidation(name, value);

        return request;
    }
}
