using System.Net;
using System.Net.Http.Headers;
using Commerce.Api.Grpc;
using Commerce.Api.Tests.App;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Tests.Grpc;

/// <summary>What a client of gRPC finds beside the services: deadlines, sizes, compression, traces, health and reflection.</summary>
[TestFixture]
public sealed class GrpcWireTests : GrpcTest
{
    [Test]
    public async Task A_call_whose_deadline_has_passed_is_ended() =>
        Assert.That(
            (await Catch(() => Orders.ListOrdersAsync(new(), deadline: DateTime.UtcNow.AddMilliseconds(-1)).ResponseAsync)).StatusCode, Is.EqualTo(StatusCode.DeadlineExceeded));

    [Test]
    public async Task A_follower_is_ended_by_its_deadline()
    {
        // Without a client's library, which ends a call itself when its deadline passes.
        using var http = new HttpClient();
        using var limited = await Call(http, "commerce.v1.Audit/Follow", new Wire.FollowRequest { StreamPrefixes = { "nothing-" } }, timeout: "1S");
        await limited.Content.ReadAsByteArrayAsync();
        Assert.That(limited.TrailingHeaders.GetValues("grpc-status"), Is.EqualTo(new[] { $"{(int)StatusCode.DeadlineExceeded}" }));
    }

    [Test]
    public async Task A_message_that_is_too_large_is_refused()
    {
        var refused = await Catch(() => Orders.CancelOrderAsync(new() { OrderId = Guid.NewGuid().ToString(), Reason = new('x', GrpcLimits.MessageBytesMax) }, []).ResponseAsync);
        Assert.That(refused.StatusCode, Is.EqualTo(StatusCode.ResourceExhausted));
    }

    [Test]
    public async Task Messages_are_compressed_both_ways_where_that_saves_something()
    {
        var sku = await Product();
        var order = await Orders.PlaceOrderAsync(
            new() { Currency = "GBP", Lines = { Enumerable.Repeat(new Wire.OrderWish { Sku = sku, Quantity = 1 }, 200) } }, [.. Keyed(), new("grpc-internal-encoding-request", "gzip")]);
        await Until($"/orders/{order.OrderId}", null);

        var (isLargeCompressed, large) = await Raw("commerce.v1.Orders/GetOrder", new Wire.GetOrderRequest { OrderId = order.OrderId });
        var (isSmallCompressed, _) = await Raw("commerce.v1.Catalogue/GetProduct", new Wire.GetProductRequest { Sku = sku });
        Assert.That((isLargeCompressed, isSmallCompressed), Is.EqualTo((true, false)));
        Assert.That(large, Is.LessThan((await Orders.GetOrderAsync(new() { OrderId = order.OrderId })).CalculateSize() / 2));
    }

    [Test]
    public async Task A_command_belongs_to_the_trace_that_its_metadata_names()
    {
        var (trace, sku) = ("4bf92f3577b34da6a3ce929d0e0e4736", New("TRACED"));
        await Catalogue.RegisterProductAsync(new() { Sku = sku, Name = "Mug", Price = Pounds("2.50") }, [.. Keyed(), new("traceparent", $"00-{trace}-00f067aa0ba902b7-01")]);
        Assert.That(await CorrelationOf(sku, 0), Is.EqualTo(trace));

        using var call = Commands.Execute(deadline: DateTime.UtcNow.AddMinutes(1));
        await call.RequestStream.WriteAsync(new() { Id = 1, ChangePrice = new() { Sku = sku, Price = Pounds("3.00") }, Traceparent = "00-5bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" });
        Assert.That(await call.ResponseStream.MoveNext(default), Is.True);
        Assert.That(await CorrelationOf(sku, 1), Is.EqualTo("5bf92f3577b34da6a3ce929d0e0e4736"));
    }

    [Test]
    public async Task Health_says_of_the_server_and_each_service_what_REST_says()
    {
        var health = new Health.HealthClient(Channel);
        foreach (var service in (string[])["", "commerce.v1.Orders", "commerce.v1.Commands"])
        {
            await Serves(async () => (await health.CheckAsync(new() { Service = service })).Status);
        }

        Assert.That((await Catch(() => health.CheckAsync(new() { Service = "commerce.v9.Orders" }).ResponseAsync)).StatusCode, Is.EqualTo(StatusCode.NotFound));
        using var watch = health.Watch(new());
        await Serves(async () => await watch.ResponseStream.MoveNext(default) ? watch.ResponseStream.Current.Status : HealthCheckResponse.Types.ServingStatus.Unknown);
    }

    [Test]
    public async Task Reflection_names_every_service()
    {
        using var call = new ServerReflection.ServerReflectionClient(Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new() { ListServices = "" });
        Assert.That(await call.ResponseStream.MoveNext(default), Is.True);
        Assert.That(
            call.ResponseStream.Current.ListServicesResponse.Service.Select(s => s.Name),
            Is.SupersetOf(GrpcContract.Files.SelectMany(f => f.Services).Select(s => s.FullName).Append("grpc.health.v1.Health")));
    }

    [Test]
    public async Task What_no_service_has_is_not_implemented()
    {
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await Call(http, "commerce.v1.Orders/Steal", new Wire.GetOrderRequest());
        await response.Content.ReadAsByteArrayAsync();
        Assert.That(response.Headers.Concat(response.TrailingHeaders).Where(h => h.Key == "grpc-status").SelectMany(h => h.Value), Is.EqualTo(new[] { "12" }));
    }

    [Test]
    public async Task The_address_of_REST_answers_REST_alone_and_that_of_gRPC_both()
    {
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        Assert.That((int)(await http.GetAsync(new Uri(App.GrpcAddress, "/health/live"))).StatusCode, Is.EqualTo(200));
        Assert.That(async () => await http.GetAsync(new Uri(App.Http.BaseAddress!, "/health/live")), Throws.InstanceOf<HttpRequestException>());
    }

    // On a busy machine what is asked may answer late, and is down for that once.
    static async Task Serves(Func<Task<HealthCheckResponse.Types.ServingStatus>> ask)
    {
        for (var left = 10; await ask() is var status && status != HealthCheckResponse.Types.ServingStatus.Serving; left--)
        {
            Assert.That(left, Is.Positive, $"It says {status}.");
        }
    }

    async Task<string> CorrelationOf(string sku, int revision) =>
        (await Get($"/audit/streams/product-{sku}")).Json.GetProperty("events")[revision].GetProperty("metadata").GetProperty("$correlationId").GetString() ?? "";

    // The library unpacks what it reads; this is how it came: whether it was compressed, and how long it is.
    async Task<(bool IsCompressed, int Length)> Raw(string method, IMessage message)
    {
        using var http = new HttpClient();
        using var response = await Call(http, method, message);
        var frame = await response.Content.ReadAsByteArrayAsync();
        return (frame[0] == 1, frame.Length - 5);
    }

    async Task<HttpResponseMessage> Call(HttpClient http, string method, IMessage message, string? timeout = null)
    {
        var bytes = message.ToByteArray();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(App.GrpcAddress, method)) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Content = new ByteArrayContent([0, 0, 0, (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes]);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.Authorization = new("Bearer", CommerceApp.OperatorKey.Text);
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("grpc-accept-encoding", "gzip");
        request.Headers.TryAddWithoutValidation("grpc-timeout", timeout);
        return await http.SendAsync(request);
    }
}
