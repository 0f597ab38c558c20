using System.Buffers;
using System.Net;
using Google.Protobuf;

namespace Commerce.Commands.Grpc;

/// <summary>The body of a call that is written while its answers are read already. For one writer; it ends with the call.</summary>
sealed class GrpcRequests<TRequest> : HttpContent
    where TRequest : IMessage
{
    readonly ArrayBufferWriter<byte> _buffer = new();
    readonly TaskCompletionSource<Stream> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Bytes written since the last flush.</summary>
    public int BufferedBytes => _buffer.WrittenCount;

    /// <summary>Puts a message behind those that the next flush sends.</summary>
    public void Write(TRequest message) => GrpcFrames.Write(_buffer, message);

    /// <summary>Sends what was written, as soon as there is a connection. False: the call has ended; how, its answers say.</summary>
    /// <exception cref="OperationCanceledException">The token.</exception>
    public async Task<bool> Flush(CancellationToken cancellationToken)
    {
        try
        {
            var stream = await _begun.Task.WaitAsync(cancellationToken);
            await stream.WriteAsync(_buffer.WrittenMemory, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            _buffer.ResetWrittenCount();
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    /// <summary>No message follows; the server ends the call when it has answered the rest.</summary>
    public void End()
    {
        _begun.TrySetCanceled();
        _ended.TrySetResult();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The server must see the call before the first message does.
        await stream.FlushAsync(cancellationToken);

        // A server that goes away may refuse the call, and the base library then makes it anew elsewhere: what was written by
        // then it cannot send again, and whoever writes holds the first stream. So the call has to fail as a whole.
        if (!_begun.TrySetResult(stream))
            throw new IOException("The server refused the call when it had begun.");

        await _ended.Task.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        End();
        base.Dispose(disposing);
    }
}
