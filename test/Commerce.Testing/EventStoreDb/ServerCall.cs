using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Commerce.Commands.Grpc;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Commerce.Testing.EventStoreDb;

/// <summary>One call: messages in, messages out, and how it ends.</summary>
sealed class ServerCall(HttpContext http, CancellationToken ended)
{
    /// <summary>The longest message that the server takes: its longest record.</summary>
    const int MessageBytesMax = 16 * 1_048_576;

    /// <summary>Written bytes that wait for company; more are flushed.</summary>
    const int UnflushedBytesMax = 65_536;

    const string StatusHeader = "grpc-status";
    const string MessageHeader = "grpc-message";

    readonly PipeWriter _writer = http.Response.BodyWriter;
    int _unflushed;
    bool _wrote;

    /// <summary>The client hung up or its time is over.</summary>
    public CancellationToken Ended => ended;

    /// <summary>Whether the client wants to speak to a leader.</summary>
    public bool RequiresLeader => bool.TryParse(http.Request.Headers["requires-leader"], out var requires) && requires;

    /// <summary>Nobody in particular calls, where only some may.</summary>
    public bool IsDenied { get; set; }

    /// <summary>Whether so much is written that it should be flushed.</summary>
    public bool IsFull => _unflushed >= UnflushedBytesMax;

    /// <summary>The one message of a call that sends one.</summary>
    public async Task<T> ReadOnly<T>(MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        T? only = null;
        while (await ReadSome(parser, m => only = m))
        {
        }

        return only ?? throw new GrpcException(GrpcStatusCode.Internal, "The request is missing.");
    }

    /// <summary>Hands over what has come of the messages; at least one unless the client has sent its last.</summary>
    /// <returns>Whether more may come.</returns>
    public async ValueTask<bool> ReadSome<T>(MessageParser<T> parser, Action<T> take, CancellationToken interrupted = default)
        where T : IMessage<T>
    {
        using var link = interrupted.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(ended, interrupted) : null;
        while (true)
        {
            var result = await http.Request.BodyReader.ReadAsync(link?.Token ?? ended);
            var (buffer, taken) = (result.Buffer, 0);
            try
            {
                while (GrpcFrames.TryTake(ref buffer, MessageBytesMax, out var message))
                {
                    taken++;
                    take(parser.ParseFrom(message));
                }
            }
            finally
            {
                http.Request.BodyReader.AdvanceTo(buffer.Start, buffer.End);
            }

            if (result.IsCompleted)
                return false;
            if (taken > 0)
                return true;
        }
    }

    public void Write(IMessage message)
    {
        _wrote = true;
        GrpcFrames.Write(_writer, message);
        _unflushed += GrpcFrames.PrefixBytes + message.CalculateSize();
    }

    /// <summary>A message that has its prefix.</summary>
    public void Write(ReadOnlySpan<byte> frame)
    {
        _wrote = true;
        _writer.Write(frame);
        _unflushed += frame.Length;
    }

    /// <summary>Sends what is written; waits while the client does not read.</summary>
    public async ValueTask Flush()
    {
        _unflushed = 0;
        var result = await _writer.FlushAsync(ended);
        if (result.IsCompleted)
            throw new OperationCanceledException("The client hung up.");
    }

    public void Succeed() => http.Response.AppendTrailer(StatusHeader, "0");

    /// <summary>In the headers where nothing was sent, else in the trailers.</summary>
    public void Fail(GrpcException error)
    {
        Action<string, string> add = _wrote || http.Response.HasStarted
            ? (name, value) => http.Response.AppendTrailer(name, value)
            : (name, value) => http.Response.Headers.Append(name, value);
        foreach (var (name, value) in error.Details)
            add(name, value);
        add(StatusHeader, ((int)error.Code).ToString(CultureInfo.InvariantCulture));
        add(MessageHeader, Escape(error.Message));
    }

    /// <summary>Printable ASCII but the percent sign stays. Source: gRPC over HTTP2, "Status-Message".</summary>
    static string Escape(string message)
    {
        var text = new StringBuilder(message.Length);
        foreach (var b in Encoding.UTF8.GetBytes(message))
            _ = b is >= 0x20 and <= 0x7E and not (byte)'%' ? text.Append((char)b) : text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");

        return text.ToString();
    }
}
