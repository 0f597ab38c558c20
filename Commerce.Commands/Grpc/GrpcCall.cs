using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Commerce.Commands.Grpc;

/// <summary>
/// The answers of one call, read as fast as its reader takes them: what nobody took stays in HTTP/2's window, and the
/// server waits. For one reader at a time.
/// </summary>
sealed class GrpcCall<TResponse> : IAsyncDisposable
    where TResponse : IMessage<TResponse>
{
    /// <summary>Bytes of one answer at most.</summary>
    const int MessageBytesMax = 32 * 1024 * 1024;

    /// <summary>Bytes taken from the connection at once: some hundred events.</summary>
    const int ReadBytes = 64 * 1024;

    readonly MessageParser<TResponse> _parser;
    readonly CancellationToken _caller;
    readonly CancellationTokenSource _stop;
    readonly CancellationTokenRegistration _callerStops;
    readonly HttpRequestMessage _request;
    readonly Task<HttpResponseMessage> _sent;
    PipeReader? _body;
    ReadOnlySequence<byte> _rest;
    bool _hasRead;
    bool _isComplete;

    public GrpcCall(HttpMessageInvoker http, HttpRequestMessage request, MessageParser<TResponse> parser, TimeProvider time, CancellationToken caller)
    {
        (_request, _parser, _caller) = (request, parser, caller);
        _stop = new(Timeout.InfiniteTimeSpan, time);
        _callerStops = caller.UnsafeRegister(static stop => ((CancellationTokenSource?)stop)?.Cancel(), _stop);
        _sent = http.SendAsync(request, _stop.Token);
    }

    /// <summary>How long the next answer may take; null: as long as the server is there.</summary>
    public TimeSpan? SilenceMax { get; set; }

    /// <summary>Waits for an answer that <see cref="TryRead"/> will give; false where the call has ended well.</summary>
    /// <exception cref="GrpcException">The call ended badly.</exception>
    /// <exception cref="OperationCanceledException">The caller's token.</exception>
    public async ValueTask<bool> WaitToRead()
    {
        try
        {
            _stop.CancelAfter(SilenceMax ?? Timeout.InfiniteTimeSpan);
            var whole = await Fill();
            _stop.CancelAfter(Timeout.InfiniteTimeSpan);
            return whole;
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            _caller.ThrowIfCancellationRequested();
            throw e switch
            {
                OperationCanceledException when _stop.IsCancellationRequested => new GrpcException(GrpcStatusCode.DeadlineExceeded, $"No answer came within {SilenceMax}.", inner: e),
                OperationCanceledException { InnerException: TimeoutException } => new GrpcException(GrpcStatusCode.Unavailable, "No connection came about in time.", inner: e),
                OperationCanceledException => new GrpcException(GrpcStatusCode.Cancelled, "The server gave up the call.", inner: e),
                _ => new GrpcException(GrpcStatusCode.Unavailable, e.Message, inner: e),
            };
        }
    }

    /// <summary>The next answer, where all of it has arrived.</summary>
    /// <exception cref="GrpcException">It cannot be read.</exception>
    public bool TryRead([NotNullWhen(true)] out TResponse? message)
    {
        try
        {
            message = GrpcFrames.TryTake(ref _rest, MessageBytesMax, out var frame) ? _parser.ParseFrom(frame) : default;
            return message is not null;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new GrpcException(GrpcStatusCode.Internal, "An answer cannot be read.", inner: e);
        }
    }

    /// <summary>Gives the call up where it has not ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _callerStops.DisposeAsync();
        await _stop.CancelAsync();
        _request.Dispose();
        await ((Task)_sent).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_body is not null)
            await _body.CompleteAsync();

        if (_sent.IsCompletedSuccessfully)
            (await _sent).Dispose();

        _stop.Dispose();
    }

    async ValueTask<bool> Fill()
    {
        var response = await _sent;
        if (_body is null)
        {
            GrpcStatus.ThrowIfRefused(response);
            _body = PipeReader.Create(await response.Content.ReadAsStreamAsync(_stop.Token), new(bufferSize: ReadBytes, minimumReadSize: ReadBytes / 4));
        }

        while (true)
        {
            var rest = _rest;
            if (GrpcFrames.TryTake(ref rest, MessageBytesMax, out _))
                return true;

            if (_isComplete)
                break;

            if (_hasRead)
                _body.AdvanceTo(_rest.Start, _rest.End);

            var read = await _body.ReadAsync(_stop.Token);
            (_rest, _isComplete, _hasRead) = (read.Buffer, read.IsCompleted, true);
        }

        if (_rest.Length > 0)
            throw new GrpcException(GrpcStatusCode.Unavailable, "The call ended in the middle of an answer.");

        GrpcStatus.ThrowIfFailed(response);
        return false;
    }
}
