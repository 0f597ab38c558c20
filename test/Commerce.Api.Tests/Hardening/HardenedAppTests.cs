using System.Security.Cryptography.X509Certificates;
using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Commerce.Commands.Embedded;
using Commerce.Testing.EventStoreDb;
using Grpc.Core;
using Grpc.Net.Client;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Tests.Hardening;

/// <summary>An application with a certificate, named from the folder in which it was started, with one origin and one proxy that it trusts, and with little patience.</summary>
[TestFixture]
public sealed class HardenedAppTests
{
    const string Origin = "https://shop.example";
    const string Password = "no-secret-of-anybody";
    const int Burst = 5;

    readonly string _folder = Directory.CreateTempSubdirectory("commerce-tls-").FullName;
    readonly int _port = FreePort.Find();
    CommerceApp? _app;

    CommerceApp App => _app ?? throw new InvalidOperationException("The application is not started.");

    Uri Address => App.Http.BaseAddress ?? throw new InvalidOperationException("The application has no address.");

    [OneTimeSetUp]
    public async Task Start()
    {
        var file = Path.Combine(_folder, "server.pfx");
        using (var certificate = SelfSignedCertificate.Create(TimeProvider.System))
        {
            await File.WriteAllBytesAsync(file, certificate.Export(X509ContentType.Pkcs12, Password));
        }

        _app = await CommerceApp.Start(
            (CommerceSettings.UrlsKey, $"http://127.0.0.1:0;https://127.0.0.1:{_port}"),
            (HttpSettings.CertificateKey, Path.GetRelativePath(Environment.CurrentDirectory, file)),
            (HttpSettings.CertificatePasswordKey, Password),
            (HttpSettings.OriginsKey, Origin),
            (HttpSettings.ProxiesKey, "127.0.0.1"),
            (HttpSettings.HeadersTimeKey, "00:00:01"),
            (HttpSettings.KeepAliveKey, "00:00:01"),
            (HttpSettings.SlowestGraceKey, "00:00:01.100"),
            (AdmissionSettings.AddressBurstKey, $"{Burst}"),
            (AdmissionSettings.AddressPerSecondKey, "1"));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await App.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Over_tls_browsers_are_told_to_come_so_again()
    {
        using var trusting = Trusting();
        using var client = new HttpClient(trusting) { BaseAddress = new($"https://127.0.0.1:{_port}") };
        using var response = await client.GetAsync("/health/live");
        var reply = await Reply.Of(response);
        Assert.That((reply.Status, reply.Header("Strict-Transport-Security")), Is.EqualTo((200, "max-age=31536000")));
    }

    [Test]
    public void Over_tls_rest_and_grpc_share_a_port()
    {
        using var channel = GrpcChannel.ForAddress($"https://127.0.0.1:{_port}", new GrpcChannelOptions { HttpHandler = Trusting(), DisposeHttpClient = true });
        var orders = new Wire.Orders.OrdersClient(channel);
        var unknown = new Wire.GetOrderRequest { OrderId = Guid.NewGuid().ToString() };
        var from = new Metadata { { "x-forwarded-for", "192.0.2.77" } };
        Assert.That(Assert.ThrowsAsync<RpcException>(async () => await orders.GetOrderAsync(unknown, from))?.StatusCode, Is.EqualTo(StatusCode.Unauthenticated));

        // Whoever names a position, even the first, waits until the read models are made.
        from.Add("authorization", $"Bearer {CommerceApp.OperatorKey.Text}");
        from.Add("commerce-min-position", "0");
        Assert.That(Assert.ThrowsAsync<RpcException>(async () => await orders.GetOrderAsync(unknown, from))?.StatusCode, Is.EqualTo(StatusCode.NotFound));
    }

    [Test]
    public async Task A_page_of_the_origin_that_is_named_may_call_and_read_what_a_client_needs()
    {
        var asked = await Send(HttpMethod.Options, "/orders", ("Origin", Origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "idempotency-key,content-type"));
        Assert.That((asked.Status, asked.Header("Access-Control-Allow-Origin")), Is.EqualTo((204, Origin)));
        Assert.That((asked.Header("Access-Control-Allow-Methods"), asked.Header("Access-Control-Allow-Headers")), Is.EqualTo(("GET,POST,PUT,DELETE,PATCH", "idempotency-key,content-type")));

        var called = await Send(HttpMethod.Get, "/products?limit=0", ("Origin", Origin), ("X-Forwarded-For", "192.0.2.1"));
        Assert.That((called.Refusal, called.Header("Access-Control-Allow-Origin")), Is.EqualTo(((400, "parameter-invalid"), Origin)), "A refusal can be read as well.");
        Assert.That(called.Header("Access-Control-Expose-Headers"), Does.Contain("ETag").And.Contain("Commerce-Position").And.Contain("RateLimit"));
    }

    [Test]
    public async Task Pages_of_other_origins_may_not()
    {
        var asked = await Send(HttpMethod.Options, "/orders", ("Origin", "https://shop.example.evil.example"), ("Access-Control-Request-Method", "POST"));
        Assert.That(asked.Header("Access-Control-Allow-Origin"), Is.Null);
    }

    [Test]
    public async Task Whom_the_proxy_names_is_limited_by_that_address_and_not_by_the_proxys()
    {
        var statuses = new List<int>();
        for (var n = 0; n <= Burst; n++)
        {
            statuses.Add((await Send(HttpMethod.Get, "/nowhere", ("X-Forwarded-For", "203.0.113.7"))).Status);
        }

        Assert.That(statuses[..Burst], Is.All.EqualTo(404));
        Assert.That(statuses[Burst], Is.EqualTo(429));
        Assert.That((await Send(HttpMethod.Get, "/nowhere", ("X-Forwarded-For", "203.0.113.8"))).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Who_does_not_come_to_the_end_of_the_headers_is_let_go()
    {
        using var client = await RawClient.To(Address);
        await client.Send("GET /health/live HTTP/1.1\r\nHost: a\r\nX-A: ");
        Assert.That(await client.ReadToEnd(), Is.Empty.Or.StartsWith("HTTP/1.1 408 "));
    }

    [Test]
    public async Task Who_sends_a_body_drop_by_drop_is_told_so_and_let_go()
    {
        using var client = await RawClient.To(Address);
        await client.Send($"POST /stock/A/receipts HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.2\r\nIdempotency-Key: k\r\nAuthorization: Bearer {CommerceApp.OperatorKey.Text}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{");
        Assert.That(await client.ReadToEnd(), Does.StartWith("HTTP/1.1 408 ").And.Contain("\"request-too-slow\""));
    }

    [Test]
    public async Task Who_says_nothing_for_long_is_let_go()
    {
        using var client = await RawClient.To(Address);
        await client.Send("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.That(await client.ReadToEnd(), Does.StartWith("HTTP/1.1 200 "));
    }

    static HttpClientHandler Trusting() => new() { ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=eventstoredb-emulator" };

    async Task<Reply> Send(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await App.Http.SendAsync(request);
        return await Reply.Of(response);
    }
}
