using System.Net;
using System.Net.Sockets;

namespace Commerce.Api.Tests.Fuzz;

/// <summary>A connection that sends one request after the other, and is made anew where the server ended it.</summary>
sealed class FuzzConnection(Uri server) : IDisposable
{
    /// <summary>Longer than any answer may take: a request's own limit is below that.</summary>
    public static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(40);

    byte[] _received = new byte[64 * 1024];
    Socket? _socket;

    /// <summary>What is answered; null: the server ended the connection without an answer.</summary>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    public FuzzedAnswer? Send(FuzzedRequest request)
    {
        // A connection that was kept may end while the request is on its way: that is tried again on a new one.
        var isKept = _socket is not null;
        return Try(request) is { } answer ? answer : isKept ? Try(request) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    FuzzedAnswer? Try(FuzzedRequest request)
    {
        var socket = _socket ??= Connect();
        try
        {
            for (var rest = request.Bytes.AsSpan(); !rest.IsEmpty;)
            {
                rest = rest[socket.Send(rest)..];
            }

            if (!request.IsHttp)
            {
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (SocketException)
        {
            // It may have been answered all the same.
        }

        var answer = Receive(socket, request);
        if (answer is not { IsLast: false } || !request.IsHttp)
        {
            socket.Dispose();
            _socket = null;
        }

        return answer;
    }

    FuzzedAnswer? Receive(Socket socket, FuzzedRequest request)
    {
        var count = 0;
        while (true)
        {
            if (FuzzedAnswer.TryRead(_received.AsSpan(0, count), request.IsHead, out _) is { } answer)
            {
                return answer;
            }

            if (count == _received.Length)
            {
                Array.Resize(ref _received, 2 * _received.Length);
            }

            try
            {
                var read = socket.Receive(_received.AsSpan(count));
                if (read == 0)
                {
                    return null;
                }

                count += read;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock or SocketError.TryAgain)
            {
                throw new TimeoutException($"No answer within {AnswerTimeMax.TotalSeconds} s.");
            }
            catch (SocketException)
            {
                return null;
            }
        }
    }

    Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)AnswerTimeMax.TotalMilliseconds };
        socket.Connect(IPAddress.Loopback, server.Port);
        return socket;
    }
}
