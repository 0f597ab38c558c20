using System.Net;
using System.Net.Sockets;
using Commerce.Commands.Grpc;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;

namespace Commerce.Commands.Tests.Grpc;

[TestFixture, CancelAfter(60_000)]
sealed class GrpcChannelTests
{
    static readonly GrpcMethod<UInt32Value, BytesValue> Method = new("some.Service", "Call", BytesValue.Parser);

    [Test]
    public async Task A_call_says_what_the_protocol_asks_for(CancellationToken ct)
    {
        IHeaderDictionary? heard = null;
        await using var server = await PlaybackServer.Start(async call =>
        {
            heard = call.Request.Headers;
            Assert.That((call.Request.Method, call.Request.Path.Value, call.Request.Protocol), Is.EqualTo(("POST", "/some.Service/Call", "HTTP/2")));
            await PlaybackServer.Begin(call);
            await foreach (var number in PlaybackServer.Hear(call, UInt32Value.Parser))
                await PlaybackServer.Say(call, Bytes((int)number.Value));
            PlaybackServer.End(call);
        });
        using var channel = Channel(server, new() { ["connection-name"] = "shop 1", ["user-agent"] = "commerce" });

        var answer = await channel.Unary(Method, Number(3), TimeSpan.FromSeconds(10), ct);

        Assert.That(answer, Is.EqualTo(Bytes(3)));
        Assert.That(
            new[] { "content-type", "te", "grpc-timeout", "connection-name", "user-agent" }.Select(h => heard?[h].ToString()),
            Is.EqualTo(new[] { "application/grpc", "trailers", "10000m", "shop 1", "commerce" }));
    }

    [Test]
    public async Task A_failure_is_told_with_its_code_message_and_details_from_trailers(CancellationToken ct)
    {
        await using var server = await PlaybackServer.Start(async call =>
        {
            await PlaybackServer.Begin(call, [KeyValuePair.Create("exception", "not-leader")]);
            await PlaybackServer.Say(call, Bytes(1), Bytes(2));
            call.Response.AppendTrailer("leader-endpoint-port", "2113");
            PlaybackServer.End(call, status: 5, message: "100%25 sch%C3%B6n");
        });
        using var channel = Channel(server);
        await using var call = channel.ServerStreaming(Method, Number(1), ct);

        Assert.That(await Read(call, 2), Is.EqualTo(new[] { 1, 2 }));
        var failure = Assert.ThrowsAsync<GrpcException>(async () => await call.WaitToRead());
        Assert.That((failure?.Code, failure?.Message), Is.EqualTo((GrpcStatusCode.NotFound, "100% schön")));
        Assert.That(failure?.Details, Does.ContainKey("exception").WithValue("not-leader").And.ContainKey("leader-endpoint-port").WithValue("2113"));
    }

    [Test]
    public async Task A_failure_is_told_from_headers_where_nothing_was_answered(CancellationToken ct)
    {
        await using var server = await PlaybackServer.Start(call =>
        {
            call.Response.ContentType = "application/grpc";
            (call.Response.Headers["grpc-status"], call.Response.Headers["grpc-message"]) = ("9", "no");
            return Task.CompletedTask;
        });
        using var channel = Channel(server);

        var failure = Assert.ThrowsAsync<GrpcException>(() => channel.Unary(Method, Number(1), TimeSpan.FromSeconds(10), ct));
        Assert.That((failure?.Code, failure?.Message), Is.EqualTo((GrpcStatusCode.FailedPrecondition, "no")));
    }

    [TestCase(401, GrpcStatusCode.Unauthenticated)]
    [TestCase(403, GrpcStatusCode.PermissionDenied)]
    [TestCase(404, GrpcStatusCode.Unimplemented)]
    [TestCase(503, GrpcStatusCode.Unavailable)]
    [TestCase(500, GrpcStatusCode.Unknown)]
    [TestCase(200, GrpcStatusCode.Unimplemented)]
    public async Task What_answers_without_gRPC_is_told_by_its_HTTP_status(int status, object code, CancellationToken ct)
    {
        await using var server = await PlaybackServer.Start(call =>
        {
            call.Response.StatusCode = status;
            return call.Response.WriteAsync("Sorry.", ct);
        });
        using var channel = Channel(server);

        Assert.That(Assert.ThrowsAsync<GrpcException>(() => channel.Unary(Method, Number(1), TimeSpan.FromSeconds(10), ct))?.Code, Is.EqualTo(code));
    }

    [Test]
    public async Task A_call_that_ends_without_a_status_or_in_the_middle_of_a_message_has_failed(CancellationToken ct)
    {
        await using var server = await PlaybackServer.Start(async call =>
        {
            await PlaybackServer.Begin(call);
            await PlaybackServer.Say(call, Bytes(1));
            await foreach (var number in PlaybackServer.Hear(call, UInt32Value.Parser))
                await call.Response.BodyWriter.WriteAsync(new byte[number.Value], ct);
        });
        using var channel = Channel(server);
        foreach (var extra in new[] { 0u, 3u })
        {
            await using var call = channel.ServerStreaming(Method, Number(extra), ct);
            Assert.That(await Read(call, 1), Is.EqualTo(new[] { 1 }));
            Assert.That(Assert.ThrowsAsync<GrpcException>(async () => await call.WaitToRead())?.Code, Is.EqualTo(GrpcStatusCode.Unavailable));
        }
    }

    [Test]
    public async Task A_connection_that_is_lost_or_refused_is_unavailable(CancellationToken ct)
    {
        var server = await PlaybackServer.Start(async call =>
        {
            await PlaybackServer.Begin(call);
            await PlaybackServer.Say(call, Bytes(1));
            call.Abort();
        });
        using var channel = Channel(server);
        await using (server)
        {
            await using var call = channel.ServerStreaming(Method, Number(1), ct);
            Assert.That(Assert.ThrowsAsync<GrpcException>(() => Read(call, 2))?.Code, Is.EqualTo(GrpcStatusCode.Unavailable));
        }

        Assert.That(Assert.ThrowsAsync<GrpcException>(() => channel.Unary(Method, Number(1), TimeSpan.FromSeconds(10), ct))?.Code, Is.EqualTo(GrpcStatusCode.Unavailable));
    }

    [Test]
    public async Task A_deadline_that_passes_ends_the_call_and_a_callers_token_cancels_it(CancellationToken ct)
    {
        await using var server = await PlaybackServer.Start(call => Task.Delay(Timeout.Infinite, call.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
        using var channel = Channel(server);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(ct);

        Assert.That(
            Assert.ThrowsAsync<GrpcException>(() => channel.Unary(Method, Number(1), TimeSpan.FromMilliseconds(50), ct))?.Code,
            Is.EqualTo(GrpcStatusCode.DeadlineExceeded));
        var cancelled = channel.Unary(Method, Number(1), TimeSpan.FromMinutes(1), cancel.Token);
        await cancel.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => cancelled);
    }

    [TestCase(10_000, "10000m")]
    [TestCase(99_999_999, "99999999m")]
    [TestCase(100_000_000, "99999999m")]
    public async Task A_deadline_is_told_in_milliseconds_of_eight_digits(double milliseconds, string told, CancellationToken ct)
    {
        string? heard = null;
        await using var server = await PlaybackServer.Start(async call =>
        {
            heard = call.Request.Headers["grpc-timeout"];
            await PlaybackServer.Begin(call);
            PlaybackServer.End(call, status: 5);
        });
        using var channel = Channel(server);
        Assert.CatchAsync<GrpcException>(() => channel.Unary(Method, Number(1), TimeSpan.FromMilliseconds(milliseconds), ct));
        Assert.That(heard, Is.EqualTo(told));
    }

    [Test]
    public async Task Messages_go_both_ways_at_once_and_the_server_ends_after_us(CancellationToken ct)
    {
        await using var server = await PlaybackServer.Start(async call =>
        {
            await PlaybackServer.Begin(call);
            await foreach (var number in PlaybackServer.Hear(call, UInt32Value.Parser))
                await PlaybackServer.Say(call, Bytes((int)number.Value));
            PlaybackServer.End(call);
        });
        using var channel = Channel(server);
        var (requests, answers) = channel.Duplex(Method, ct);
        await using var call = answers;

        for (var n = 0; n < 10; n++)
        {
            requests.Write(Number((uint)n));
            requests.Write(Number(100_000));
            Assert.That(await requests.Flush(ct));
            Assert.That(await Read(answers, 2), Is.EqualTo(new[] { n, 100_000 }));
        }

        requests.End();
        Assert.That(await answers.WaitToRead(), Is.False);
        requests.Write(Number(1));
        Assert.That(await requests.Flush(ct), Is.False);
    }

    [Test]
    public async Task A_slow_reader_makes_the_server_wait(CancellationToken ct)
    {
        const int Messages = 2_000;
        const int Size = 10_000;
        var said = 0;
        await using var server = await PlaybackServer.Start(async call =>
        {
            await PlaybackServer.Begin(call);
            for (var n = 0; n < Messages; n++)
            {
                await PlaybackServer.Say(call, Bytes(Size));
                Interlocked.Increment(ref said);
            }

            PlaybackServer.End(call);
        });
        using var channel = Channel(server);
        await using var call = channel.ServerStreaming(Method, Number(1), ct);
        await Read(call, 1);
        var before = -1;
        while (before != Volatile.Read(ref said))
        {
            before = Volatile.Read(ref said);
            await Task.Delay(200, ct); // The server says nothing for so long: it waits.
        }

        Assert.That(before, Is.LessThan(Messages / 2));
        Assert.That(await Read(call, Messages - 1), Has.Count.EqualTo(Messages - 1).And.All.EqualTo(Size));
        Assert.That(await call.WaitToRead(), Is.False);
    }

    [Test]
    public async Task A_server_with_which_no_connection_comes_about_is_told_as_that(CancellationToken ct)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var channel = Channels.To(new Uri($"https://{silent.LocalEndpoint}"), connectMax: TimeSpan.FromMilliseconds(200));

        var failure = Assert.ThrowsAsync<GrpcException>(() => channel.Unary(Method, Number(1), TimeSpan.FromSeconds(30), ct));

        Assert.That((failure?.Code, failure?.Message), Is.EqualTo((GrpcStatusCode.Unavailable, "No connection came about in time.")));
    }

    /// <summary>The base library makes a refused call anew, with a body that nobody would write.</summary>
    [Test]
    public async Task A_call_of_many_messages_fails_where_the_server_goes_away_before_it_takes_it(CancellationToken ct)
    {
        using var server = new LeavingServer();
        using var channel = Channels.To(server.Address);
        var (requests, answers) = channel.Duplex(Method, ct);
        await using var call = answers;
        requests.Write(Number(1));
        _ = await requests.Flush(ct);

        var failure = Assert.ThrowsAsync<GrpcException>(async () => await answers.WaitToRead());

        // Which of the two depends on how far the base library was: before or after it began anew.
        Assert.That(failure?.Code, Is.AnyOf(GrpcStatusCode.Unavailable, GrpcStatusCode.Cancelled));
    }

    static GrpcChannel Channel(PlaybackServer server, Dictionary<string, string>? headers = null) =>
        Channels.To(server.Address, headers);

    static UInt32Value Number(uint number) => new() { Value = number };

    static BytesValue Bytes(int length) => new() { Value = ByteString.CopyFrom(new byte[length]) };

    /// <summary>Lengths of the next answers.</summary>
    static async Task<List<int>> Read(GrpcCall<BytesValue> call, int count)
    {
        var read = new List<int>();
        while (read.Count < count && await call.WaitToRead())
        {
            while (read.Count < count && call.TryRead(out var answer))
                read.Add(answer.Value.Length);
        }

        return read;
    }
}
