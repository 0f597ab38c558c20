using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Commerce.Commands.Tests.Grpc;

/// <summary>
/// HTTP/2 by hand: refuses the first call, by saying that it goes away and took none (GOAWAY of RFC 9113, 6.8), and is there again for
/// the next connection, on which it takes a call and says nothing.
/// </summary>
sealed class LeavingServer : IDisposable
{
    const int PrefaceBytes = 24;
    const int FrameHeaderBytes = 9;
    const byte Headers = 1;
    const byte Settings = 4;
    const byte GoAway = 7;

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly Task _serving;

    public LeavingServer()
    {
        _listener.Start();
        _serving = Serve();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _serving.ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
        _stop.Dispose();
    }

    async Task Serve()
    {
        using var first = await _listener.AcceptTcpClientAsync(_stop.Token);
        await UntilCalled(first.GetStream());

        // The last call that was taken: none; why: no error.
        await Say(first.GetStream(), GoAway, new byte[8]);
        using var next = await _listener.AcceptTcpClientAsync(_stop.Token);
        await UntilCalled(next.GetStream());
        await Task.Delay(-1, _stop.Token);
    }

    async Task UntilCalled(NetworkStream stream)
    {
        await stream.ReadExactlyAsync(new byte[PrefaceBytes], _stop.Token);
        await Say(stream, Settings, []);
        var header = new byte[FrameHeaderBytes];
        do
        {
            await stream.ReadExactlyAsync(header, _stop.Token);
            await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(header) >>> 8], _stop.Token);
        }
        while (header[3] != Headers);
    }

    async Task Say(NetworkStream stream, byte type, byte[] payload) =>
        await stream.WriteAsync((byte[])[0, 0, (byte)payload.Length, type, 0, 0, 0, 0, 0, .. payload], _stop.Token);
}
