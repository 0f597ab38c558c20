using System.Buffers;
using Google.Protobuf;

namespace Commerce.Commands.Grpc;

/// <summary>A call whose messages go both ways at once. For one writer and one reader.</summary>
sealed class GrpcDuplexCall<TRequest, TResponse>(GrpcCall<TResponse> answers, GrpcStreamedRequest request) : IAsyncDisposable
    where TRequest : IMessage<TRequest>
    where TResponse : IMessage<TResponse>
{
    readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>What the server says; also how the call ended.</summary>
    public GrpcCall<TResponse> Answers => answers;

    /// <summary>Bytes written since the last flush.</summary>
    public int BufferedBytes => _buffer.WrittenCount;

    /// <summary>Puts a message behind those that the next flush sends.</summary>
    public void Write(TRequest message) => GrpcFrames.Write(_buffer, message);

    /// <summary>Sends what was written. False: the call has ended; how, its answers say.</summary>
    /// <exception cref="OperationCanceledException">The token.</exception>
    public async Task<bool> Flush(CancellationToken cancellationToken)
    {
        try
        {
            var stream = await request.Stream.WaitAsync(cancellationToken);
            await stream.WriteAsync(_buffer.WrittenMemory, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            _buffer.ResetWrittenCount();
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>No message follows; the server ends the call when it has answered the rest.</summary>
    public void End() => request.End();

    /// <summary>Gives the call up where it has not ended.</summary>
    public ValueTask DisposeAsync()
    {
        var disposed = answers.DisposeAsync();
        request.End();
        return disposed;
    }
}
