using System.Diagnostics;
using System.Text;
using Commerce.Api.Tests.App;

namespace Commerce.Api.Tests.Tracing;

/// <summary>A client that takes part in tracing: everything that it asks for belongs to one trace of its own.</summary>
sealed class Client(HttpClient http, bool isRecorded = true)
{
    /// <summary>What a customer pays with, and who they are: neither may be seen in what is exported.</summary>
    public const string Token = "tok_secret_4711";

    public const string Customer = "customer-secret-0815";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    readonly string _key = Guid.NewGuid().ToString("N");
    int _requests;

    public string TraceId { get; } = ActivityTraceId.CreateRandom().ToHexString();

    public string SpanId { get; } = ActivitySpanId.CreateRandom().ToHexString();

    string TraceParent => $"00-{TraceId}-{SpanId}-{(isRecorded ? "01" : "00")}";

    /// <summary>Registers a product and takes units of it in, outside of the trace.</summary>
    public async Task<string> Stocked()
    {
        var sku = $"SKU-{_key[..8]}";
        await Demand(Post("/products", $$$"""{"sku":"{{{sku}}}","name":"Mug","price":{"amount":"2.50","currency":"GBP"}}""", isTraced: false));
        await Demand(Post($"/stock/{sku}/receipts", """{"quantity":10,"reference":"test"}""", isTraced: false));
        return sku;
    }

    /// <summary>Orders two units; gives back the order's address when it is taken.</summary>
    public async Task<string> Order(string sku) => (await Demand(Post(
        "/orders", $$"""{"customerId":"{{Customer}}","currency":"GBP","country":"GB","paymentToken":"{{Token}}","lines":[{"sku":"{{sku}}","quantity":2}]}"""))).Header("Location") ?? string.Empty;

    /// <summary>Ships all of an order.</summary>
    public Task<Reply> Ship(string order) => Demand(Post($"{order}/shipments", "{}"));

    /// <summary>Asks, outside of the trace, until an order is so.</summary>
    public async Task<Reply> Until(string order, string status)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            using var response = await http.GetAsync(order);
            var reply = await Reply.Of(response);
            if (reply.Status == 200 && reply.Field("status") == status)
            {
                return reply;
            }

            if (limit.IsCancellationRequested)
            {
                throw new AssertionException($"{order} does not get there: {reply.Text}");
            }

            await Task.Delay(Pause);
        }
    }

    static async Task<Reply> Demand(Task<Reply> answer) =>
        await answer is { Status: >= 200 and < 300 } reply ? reply : throw new AssertionException((await answer).Text);

    async Task<Reply> Post(string path, string body, bool isTraced = true)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", $"{_key}-{Interlocked.Increment(ref _requests)}");
        if (isTraced)
        {
            request.Headers.Add("traceparent", TraceParent);
        }

        using var response = await http.SendAsync(request);
        return await Reply.Of(response);
    }
}
