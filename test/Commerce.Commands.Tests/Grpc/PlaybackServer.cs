using System.Buffers.Binary;
using System.Net;
using Commerce.Commands.Grpc;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Commerce.Commands.Tests.Grpc;

/// <summary>A server that says what a test tells it, over HTTP/2 without TLS.</summary>
sealed class PlaybackServer(WebApplication server) : IAsyncDisposable
{
    public Uri Address { get; } = new(server.Urls.Single());

    public static async Task<PlaybackServer> Start(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.Limits.MinRequestBodyDataRate = null;
            k.Limits.MinResponseDataRate = null;
            k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2);
        });
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync();
        return new(server);
    }

    /// <summary>Begins an answer.</summary>
    public static async Task Begin(HttpContext call, IEnumerable<KeyValuePair<string, string>>? headers = null)
    {
        call.Response.ContentType = "application/grpc";
        foreach (var (name, value) in headers ?? [])
            call.Response.Headers[name] = value;

        await call.Response.StartAsync();
    }

    /// <summary>Says messages.</summary>
    public static async Task Say(HttpContext call, params IEnumerable<IMessage> messages)
    {
        foreach (var message in messages)
            GrpcFrames.Write(call.Response.BodyWriter, message);

        await call.Response.BodyWriter.FlushAsync();
    }

    /// <summary>Says messages that are bytes already.</summary>
    public static async Task Say(HttpContext call, IEnumerable<byte[]> messages)
    {
        foreach (var message in messages)
        {
            var prefix = new byte[GrpcFrames.PrefixBytes];
            BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), message.Length);
            await call.Response.BodyWriter.WriteAsync(prefix);
            await call.Response.BodyWriter.WriteAsync(message);
        }
    }

    /// <summary>Ends an answer well, unless told otherwise.</summary>
    public static void End(HttpContext call, int status = 0, string? message = null)
    {
        call.Response.AppendTrailer("grpc-status", $"{status}");
        if (message is not null)
            call.Response.AppendTrailer("grpc-message", message);
    }

    /// <summary>The request's messages, as they come.</summary>
    public static async IAsyncEnumerable<T> Hear<T>(HttpContext call, MessageParser<T> parser)
        where T : IMessage<T>
    {
        var body = call.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(call.RequestAborted);
            var buffer = read.Buffer;
            while (GrpcFrames.TryTake(ref buffer, int.MaxValue, out var frame))
                yield return parser.ParseFrom(frame);

            body.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                yield break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await server.StopAsync(atOnce.Token);
        await server.DisposeAsync();
    }
}
