using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Commerce.Benchmarks.Load;

/// <summary>What a connection sends next.</summary>
/// <param name="Number">The request's number.</param>
/// <param name="DueAt">When it was to be sent, as a timestamp of <see cref="Stopwatch"/>.</param>
/// <param name="Phase">Where it counts.</param>
readonly record struct NextRequest(long Number, long DueAt, PhaseCount Phase);

/// <summary>One connection with one request under way at most. What it receives is handled where the socket tells of it, without another thread.</summary>
sealed class LoadConnection : ILoadConnection, ILoadLane
{
    /// <summary>Bytes of an answer at most; ours have some 500.</summary>
    const int AnswerBytesMax = 16 * 1024;

    readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    readonly SocketAsyncEventArgs _received = new(true);
    readonly byte[] _buffer = new byte[AnswerBytesMax];
    readonly RequestTemplate[] _requests;
    readonly LoadRun _run;
    NextRequest _current;
    long _sentAt;
    int _filled;

    /// <summary>Not connected yet.</summary>
    /// <param name="run">Asked what to send next.</param>
    /// <param name="requests">What it sends, for each of the plan's paths; its own to write into.</param>
    /// <param name="path">Which of the paths it takes where a phase does not say another.</param>
    public LoadConnection(LoadRun run, RequestTemplate[] requests, int path)
    {
        (_run, _requests, Path) = (run, requests, path);
        _received.SetBuffer(_buffer, 0, _buffer.Length);
        _received.Completed += (_, _) => Received();
    }

    /// <inheritdoc/>
    public int Path { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ILoadLane> Lanes => [this];

    /// <inheritdoc/>
    public void Connect(int port) => _socket.Connect(IPAddress.Loopback, port);

    /// <inheritdoc/>
    public void Start(NextRequest next)
    {
        try
        {
            Send(next);
            Receive();
        }
        catch (Exception e) when (IsFailure(e))
        {
            _run.Fail(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _received.Dispose();
    }

    static bool IsFailure(Exception e) => e is SocketException or BenchmarkFailedException or ObjectDisposedException;

    void Received()
    {
        try
        {
            if (Advance())
            {
                Receive();
            }
        }
        catch (Exception e) when (IsFailure(e))
        {
            _run.Fail(e);
        }
    }

    void Send(NextRequest next)
    {
        (_current, _sentAt) = (next, Stopwatch.GetTimestamp());
        for (var rest = _requests[next.Phase.Path ?? Path].For(next.Number); !rest.IsEmpty;)
        {
            rest = rest[_socket.Send(rest)..];
        }
    }

    void Receive()
    {
        while (!_socket.ReceiveAsync(_received) && Advance())
        {
        }
    }

    /// <summary>Handles what was received; false: nothing more is to come.</summary>
    bool Advance()
    {
        if (_received.SocketError != SocketError.Success || _received.BytesTransferred == 0)
        {
            throw new BenchmarkFailedException($"The server closed a connection ({_received.SocketError}).");
        }

        _filled += _received.BytesTransferred;
        if (!HttpAnswer.TryRead(_buffer.AsSpan(0, _filled), out var answer))
        {
            _received.SetBuffer(_filled, _buffer.Length - _filled);
            return true;
        }

        // Before the run learns of it: from then on another thread may send the next request and receive into the same buffer.
        _filled = 0;
        _received.SetBuffer(0, _buffer.Length);
        var next = _run.Answered(this, _current, _sentAt, answer);
        if (next is { } request)
        {
            Send(request);
        }

        return next is not null;
    }
}
