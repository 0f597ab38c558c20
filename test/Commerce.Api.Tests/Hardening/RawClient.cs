using System.Net.Sockets;
using System.Text;

namespace Commerce.Api.Tests.Hardening;

/// <summary>A client that sends what it likes, as slowly as it likes.</summary>
sealed class RawClient : IDisposable
{
    /// <summary>Longer than any limit of these tests by far.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly TcpClient _tcp;

    RawClient(TcpClient tcp) => _tcp = tcp;

    /// <summary>Connected to that server.</summary>
    public static async Task<RawClient> To(Uri server)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(server.Host, server.Port);
        return new(tcp);
    }

    /// <summary>Sends that text.</summary>
    public async Task Send(string text) => await _tcp.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>All that the server sends until it closes the connection.</summary>
    public async Task<string> ReadToEnd()
    {
        using var limit = new CancellationTokenSource(Patience);
        using var answer = new MemoryStream();
        try
        {
            await _tcp.GetStream().CopyToAsync(answer, limit.Token);
        }
        catch (IOException)
        {
            // Closed without a farewell is closed as well.
        }
        catch (OperationCanceledException)
        {
            throw new AssertionException($"The server keeps the connection open after: {Encoding.Latin1.GetString(answer.ToArray())}");
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }

    /// <inheritdoc/>
    public void Dispose() => _tcp.Dispose();
}
