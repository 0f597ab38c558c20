using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Commerce.Benchmarks.Load;

/// <summary>
/// A connection of HTTP/2 over which several commands are under way at once, each a call of its own or all on one call. What it receives is handled
/// where the socket tells of it, and what that lets it send goes out together, as every client of HTTP/2 has it.
/// </summary>
sealed class GrpcLoadConnection : ILoadConnection
{
    const int BufferBytes = 256 * 1024;

    /// <summary>The one call of a connection has the first stream.</summary>
    const int FirstStream = 1;

    readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    readonly SocketAsyncEventArgs _received = new(true);
    readonly byte[] _buffer = new byte[BufferBytes];
    readonly ArrayBufferWriter<byte> _toSend = new(BufferBytes);
    readonly ArrayBufferWriter<byte> _messages = new(BufferBytes);
    readonly Dictionary<int, Lane> _calls = [];
    readonly Lock _lock = new();
    readonly LoadRun _run;
    readonly GrpcPlan _plan;
    readonly LoadPlan _load;
    readonly Lane[] _lanes;
    int _filled;
    int _lastStream = -1;

    /// <summary>Not connected yet.</summary>
    /// <param name="run">Asked what to send next.</param>
    /// <param name="plan">What it sends.</param>
    /// <param name="load">Where to, as whom and under which keys.</param>
    public GrpcLoadConnection(LoadRun run, GrpcPlan plan, LoadPlan load)
    {
        (_run, _plan, _load) = (run, plan, load);
        _lanes = [.. Enumerable.Range(0, plan.Lanes).Select(n => new Lane(this, plan.IsStream ? GrpcTemplate.Message(plan, n, load.KeyPrefix, FirstStream) : GrpcTemplate.Call(plan, load, isFirst: false)))];
        _received.SetBuffer(_buffer, 0, _buffer.Length);
        _received.Completed += (_, _) => Guarded(() =>
        {
            if (Advance())
            {
                Receive();
            }
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<ILoadLane> Lanes => _lanes;

    /// <inheritdoc/>
    public void Connect(int port)
    {
        _socket.Connect(IPAddress.Loopback, port);
        _toSend.Write(Http2Frames.Preface());
        if (_plan.IsStream)
        {
            _toSend.Write(Http2Frames.Frame(Http2Frames.Headers, Http2Frames.EndHeaders, FirstStream, Http2Frames.CallHeaders(_load, _plan.Method, key: null, isFirst: true)));
        }

        Flush();
        Receive();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _received.Dispose();
    }

    void Guarded(Action act)
    {
        try
        {
            act();
        }
        catch (Exception e) when (e is SocketException or BenchmarkFailedException or ObjectDisposedException)
        {
            _run.Fail(e);
        }
    }

    void Receive()
    {
        while (!_socket.ReceiveAsync(_received) && Advance())
        {
        }
    }

    // With one send for all that one receive let it send.
    bool Advance()
    {
        if (_received.SocketError != SocketError.Success || _received.BytesTransferred == 0)
        {
            throw new BenchmarkFailedException($"The server closed a connection ({_received.SocketError}).");
        }

        lock (_lock)
        {
            _filled += _received.BytesTransferred;
            var read = ReadFrames(_buffer.AsSpan(0, _filled));
            _buffer.AsSpan(read, _filled - read).CopyTo(_buffer);
            _filled -= read;
            _received.SetBuffer(_filled, _buffer.Length - _filled);
            Flush();
        }

        return true;
    }

    int ReadFrames(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (bytes.Length - at >= Http2Frames.HeaderLength)
        {
            var length = (bytes[at] << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 1)..]);
            if (bytes.Length - at < Http2Frames.HeaderLength + length)
            {
                break;
            }

            ReadFrame(bytes[at + 3], bytes[at + 4], BinaryPrimitives.ReadInt32BigEndian(bytes[(at + 5)..]), bytes.Slice(at + Http2Frames.HeaderLength, length));
            at += Http2Frames.HeaderLength + length;
        }

        return at;
    }

    void ReadFrame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case Http2Frames.Data when _plan.IsStream:
                ReadMessages(payload);
                break;
            case Http2Frames.Data when payload.Length > 0:
                _calls[stream].Order = GrpcAnswer.OrderOf(payload[Http2Frames.PrefixLength..]);
                break;
            case Http2Frames.Headers when (flags & Http2Frames.EndStream) != 0:
                EndCall(stream, payload);
                break;
            case Http2Frames.Settings when (flags & Http2Frames.Ack) == 0:
                _toSend.Write(Http2Frames.Frame(Http2Frames.Settings, Http2Frames.Ack, 0, []));
                break;
            case Http2Frames.Ping when (flags & Http2Frames.Ack) == 0:
                _toSend.Write(Http2Frames.Frame(Http2Frames.Ping, Http2Frames.Ack, 0, payload));
                break;
            case Http2Frames.Reset or Http2Frames.GoAway:
                throw new BenchmarkFailedException("The server ended a call or the connection.");
        }
    }

    void EndCall(int stream, ReadOnlySpan<byte> trailers)
    {
        if (_plan.IsStream || !Http2Frames.IsOk(trailers) || !_calls.Remove(stream, out var lane))
        {
            throw new BenchmarkFailedException($"A call ended with {System.Text.Encoding.ASCII.GetString(trailers)}.");
        }

        lane.Answered(lane.Order);
    }

    // Where a message ends has nothing to do with where a frame does.
    void ReadMessages(ReadOnlySpan<byte> payload)
    {
        _messages.Write(payload);
        var rest = _messages.WrittenSpan;
        while (rest.Length >= Http2Frames.PrefixLength && BinaryPrimitives.ReadInt32BigEndian(rest[1..]) is var length && rest.Length >= Http2Frames.PrefixLength + length)
        {
            var (lane, order) = GrpcAnswer.OnStream(rest.Slice(Http2Frames.PrefixLength, length), _plan.MessageField);
            _lanes[lane].Answered(order);
            rest = rest[(Http2Frames.PrefixLength + length)..];
        }

        var left = rest.ToArray();
        _messages.ResetWrittenCount();
        _messages.Write(left);
    }

    void Flush()
    {
        for (var rest = _toSend.WrittenSpan; !rest.IsEmpty;)
        {
            rest = rest[_socket.Send(rest)..];
        }

        _toSend.ResetWrittenCount();
    }

    /// <summary>One command under way.</summary>
    sealed class Lane(GrpcLoadConnection connection, GrpcTemplate template) : ILoadLane
    {
        NextRequest _current;
        long _sentAt;

        public int Path => 0;

        /// <summary>What the data of its call said.</summary>
        public Guid Order { get; set; }

        public void Start(NextRequest next) => connection.Guarded(() =>
        {
            lock (connection._lock)
            {
                Write(next);
                connection.Flush();
            }
        });

        public void Answered(Guid order)
        {
            if (connection._run.Answered(this, _current, _sentAt, order) is { } next)
            {
                Write(next);
            }
        }

        void Write(NextRequest next)
        {
            (_current, _sentAt) = (next, Stopwatch.GetTimestamp());
            if (connection._plan.IsStream)
            {
                connection._toSend.Write(template.For(next.Number, FirstStream));
                return;
            }

            // The headers of the first call are put into the server's table: those that follow name them.
            var stream = connection._lastStream += 2;
            connection._calls[stream] = this;
            connection._toSend.Write((stream == FirstStream ? GrpcTemplate.Call(connection._plan, connection._load, isFirst: true) : template).For(next.Number, stream));
        }
    }
}
