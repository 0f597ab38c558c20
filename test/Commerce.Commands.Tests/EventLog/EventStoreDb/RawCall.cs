using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Commerce.Commands.Grpc;
using Google.Protobuf;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>A call to a server, message by message and without a client in between.</summary>
sealed class RawCall : IAsyncDisposable
{
    const int MessageBytesMax = 32 * 1_048_576;

    readonly Pipe _request = new();
    readonly CancellationTokenSource _end;
    readonly Task<HttpResponseMessage> _response;
    PipeReader? _body;
    bool _isEnded;

    RawCall(HttpClient client, HttpRequestMessage request, CancellationToken deadline)
    {
        _end = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        request.Content = new Outgoing(_request.Reader) { Headers = { ContentType = new("application/grpc") } };
        _response = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _end.Token);
    }

    /// <summary>Begins a call of <c>service/Method</c> below <c>event_store.client</c>.</summary>
    public static RawCall Begin(HttpClient client, string method, CancellationToken deadline, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/event_store.client." + method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TE.Add(new("trailers"));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        return new(client, request, deadline);
    }

    /// <summary>Sends messages together.</summary>
    public async Task Send(params IEnumerable<IMessage> messages)
    {
        foreach (var message in messages)
            GrpcFrames.Write(_request.Writer, message);
        await _request.Writer.FlushAsync(_end.Token);
    }

    /// <summary>Says that nothing more is sent.</summary>
    public ValueTask Complete() => _request.Writer.CompleteAsync();

    /// <summary>The next message; null: the server has said its last.</summary>
    public async Task<T?> Next<T>(MessageParser<T> parser)
        where T : class, IMessage<T> => (T?)await Next((MessageParser)parser);

    /// <inheritdoc cref="Next{T}(MessageParser{T})"/>
    public async Task<IMessage?> Next(MessageParser parser)
    {
        _body ??= PipeReader.Create(await (await _response).Content.ReadAsStreamAsync(_end.Token));
        while (true)
        {
            var result = await _body.ReadAsync(_end.Token);
            var buffer = result.Buffer;
            if (GrpcFrames.TryTake(ref buffer, MessageBytesMax, out var message))
            {
                var next = parser.ParseFrom(message);
                _body.AdvanceTo(buffer.Start);
                return next;
            }

            _body.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
                return null;
        }
    }

    /// <summary>As many messages, fewer where the server has said its last before.</summary>
    public async Task<List<T>> Next<T>(MessageParser<T> parser, int count)
        where T : class, IMessage<T>
    {
        var messages = new List<T>();
        while (messages.Count < count && await Next(parser) is { } message)
            messages.Add(message);

        return messages;
    }

    /// <summary>What the response's headers and, after the last message, its trailers hold.</summary>
    public async Task<Dictionary<string, string>> Ending()
    {
        var response = await _response;
        return Texts(response.Headers).Concat(Texts(response.TrailingHeaders)).ToDictionary();
    }

    public async Task<Dictionary<string, string>> Headers() => Texts((await _response).Headers).ToDictionary();

    /// <summary>Hangs up.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isEnded)
            return;

        _isEnded = true;
        await _end.CancelAsync();
        await _request.Writer.CompleteAsync();
        await ((Task)_response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_response.IsCompletedSuccessfully)
            (await _response).Dispose();
        _end.Dispose();
    }

    static IEnumerable<KeyValuePair<string, string>> Texts(HttpHeaders headers) =>
        headers.Select(h => KeyValuePair.Create(h.Key.ToLowerInvariant(), string.Join(',', h.Value)));

    /// <summary>Sends at once what is written.</summary>
    sealed class Outgoing(PipeReader reader) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Copy(stream, default);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => Copy(stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = -1;
            return false;
        }

        async Task Copy(Stream stream, CancellationToken cancellationToken)
        {
            await stream.FlushAsync(cancellationToken); // The server hears of the call before its first message.
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken);
                foreach (var part in result.Buffer)
                    await stream.WriteAsync(part, cancellationToken);

                reader.AdvanceTo(result.Buffer.End);
                await stream.FlushAsync(cancellationToken);
                if (result.IsCompleted)
                    return;
            }
        }
    }
}
