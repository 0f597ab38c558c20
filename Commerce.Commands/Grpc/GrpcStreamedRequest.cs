using System.Net;

namespace Commerce.Commands.Grpc;

/// <summary>The body of a request that is written while the answer is read already.</summary>
sealed class GrpcStreamedRequest : HttpContent
{
    readonly TaskCompletionSource<Stream> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GrpcStreamedRequest() => Headers.ContentType = new("application/grpc");

    /// <summary>Where the messages go, as soon as there is a connection; cancelled where none comes about.</summary>
    public Task<Stream> Stream => _begun.Task;

    /// <summary>No message follows.</summary>
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
}
