using System.Net;
using System.Net.Sockets;

namespace Commerce.Api.Tests.App;

/// <summary>A wire to a server that can be cut and mended: what was open breaks, what comes new is refused.</summary>
sealed class Wire : IAsyncDisposable
{
    readonly string _host;
    readonly int _port;
    readonly CancellationTokenSource _closing = new();
    readonly Lock _lock = new();
    TcpListener _listener = new(IPAddress.Loopback, 0);
    CancellationTokenSource _cut = new();
    Task _accepting = Task.CompletedTask;

    Wire(string host, int port) => (_host, _port) = (host, port);

    /// <summary>Its end on this side.</summary>
    public int Port { get; private set; }

    /// <summary>A wire to that server.</summary>
    public static Wire To(string host, int port)
    {
        var wire = new Wire(host, port);
        wire._listener.Start();
        wire.Port = ((IPEndPoint)wire._listener.LocalEndpoint).Port;
        wire._accepting = wire.Accept(wire._listener, wire._cut.Token);
        return wire;
    }

    /// <summary>Cuts it.</summary>
    public async Task Cut()
    {
        await _cut.CancelAsync();
        _listener.Stop();
        await _accepting;
    }

    /// <summary>Mends it, at the same port.</summary>
    public void Mend()
    {
        lock (_lock)
        {
            _cut.Dispose();
            _cut = new CancellationTokenSource();
            _listener = new TcpListener(IPAddress.Loopback, Port);
            _listener.Start();
            _accepting = Accept(_listener, _cut.Token);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await Cut();
        _cut.Dispose();
        _closing.Dispose();
    }

    async Task Accept(TcpListener listener, CancellationToken cut)
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                open.Add(Carry(await listener.AcceptTcpClientAsync(cut), cut));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException || (e is InvalidOperationException && cut.IsCancellationRequested))
        {
            // Whoever was let in at the last moment finds the listener stopped at the next.
            await Task.WhenAll(open);
        }
    }

    async Task Carry(TcpClient near, CancellationToken cut)
    {
        using (near)
        using (var far = new TcpClient())
        {
            try
            {
                await far.ConnectAsync(_host, _port, cut);
                await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream(), cut), far.GetStream().CopyToAsync(near.GetStream(), cut));
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // One end is gone: so is the other.
            }
        }
    }
}
