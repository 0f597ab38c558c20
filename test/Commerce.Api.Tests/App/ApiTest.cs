using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Commerce.Testing.Logs;

namespace Commerce.Api.Tests.App;

/// <summary>Words for tests that speak HTTP to the shared application.</summary>
public abstract class ApiTest(LogEngine engine = LogEngine.Postgres)
{
    /// <summary>On a busy machine the whole way of an order takes seconds.</summary>
    static readonly TimeSpan WayMax = TimeSpan.FromSeconds(60);

    static int names;
    CommerceApp? _app;

    /// <summary>Where its log is.</summary>
    private protected LogEngine Engine => engine;

    private protected CommerceApp App => _app ?? throw new InvalidOperationException("The application is not started.");

    [OneTimeSetUp]
    public async Task FindApp() => _app = await SharedApp.On(engine);

    /// <summary>A name that no other test uses.</summary>
    private protected static string New(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{Interlocked.Increment(ref names)}");

    private protected Task<Reply> Get(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Get, path, null, headers);

    /// <summary>Posts JSON under a new key, unless the headers name one.</summary>
    private protected Task<Reply> Post(string path, string body, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Post, path, body, headers.Any(h => h.Name == "Idempotency-Key") ? headers : [.. headers, Key(New("key"))]);

    private protected Task<Reply> Put(string path, string body, params (string Name, string Value)[] headers) => Send(HttpMethod.Put, path, body, headers);

    private protected static (string Name, string Value) Key(string key) => ("Idempotency-Key", key);

    private protected static (string Name, string Value) IfMatch(string tag) => ("If-Match", tag);

    /// <summary>Waits for what this command did.</summary>
    private protected static (string Name, string Value) At(Reply? command) => ("Commerce-Min-Position", command?.Field("position") ?? "0");

    private protected async Task<Reply> Send(HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.Remove(name);
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await App.Http.SendAsync(request);
        var reply = await Reply.Of(response);
        if (reply.Code is { } code)
        {
            (await App.Documented.Value).Demand(method, path, reply.Status, code);
        }

        return reply;
    }

    /// <summary>The body that registers a product.</summary>
    private protected static string MugWith(string sku, string price = "2.50", string currency = "GBP") =>
        $$$"""{"sku":"{{{sku}}}","name":"Mug","price":{"amount":"{{{price}}}","currency":"{{{currency}}}"}}""";

    /// <summary>The body that orders one product in pounds.</summary>
    private protected static string OrderOf(string sku, int quantity = 1, string token = "tok_ok") =>
        $$"""{"currency":"GBP","country":"Iceland","paymentToken":"{{token}}","lines":[{"sku":"{{sku}}","quantity":{{quantity}}}]}""";

    /// <summary>Registers a product in pounds.</summary>
    private protected async Task<string> Product(string price = "2.50", string currency = "GBP")
    {
        var sku = New("SKU");
        var reply = await Post("/products", MugWith(sku, price, currency));
        Assert.That(reply.Status, Is.EqualTo(201), reply.Text);
        return sku;
    }

    /// <summary>Registers a product and takes units of it in.</summary>
    private protected async Task<string> Stocked(int units)
    {
        var sku = await Product();
        await Receive(sku, units, "main");
        return sku;
    }

    /// <summary>Takes units of a product in at a location.</summary>
    private protected async Task Receive(string sku, int units, string location)
    {
        var reply = await Post($"/stock/{sku}/receipts", $$"""{"quantity":{{units}},"reference":"test","location":"{{location}}"}""");
        Assert.That(reply.Status, Is.EqualTo(201), reply.Text);
    }

    /// <summary>Asks until the answer has this status, and what else is wanted of it.</summary>
    private protected async Task<Reply> Until(string address, string? status, Func<Reply, bool>? isSo = null)
    {
        using var limit = new CancellationTokenSource(WayMax);
        while (true)
        {
            var reply = await Get(address);
            if (reply.Status == 200 && (status is null || reply.Field("status") == status) && (isSo is null || isSo(reply)))
            {
                return reply;
            }

            if (limit.IsCancellationRequested)
            {
                throw new AssertionException($"{address} does not get there: {reply.Text}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }
}
