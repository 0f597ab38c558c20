using System.Text;

namespace Commerce.Api.Tests.App;

/// <summary>A client of an application that not everything may be well with.</summary>
sealed class Shopper(CommerceApp app)
{
    /// <summary>A process that lost a server tries again every few seconds; on a busy machine the way takes some more.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Registers a product and takes units of it in.</summary>
    public async Task Stock(string sku)
    {
        var product = await Post("/products", $$$"""{"sku":"{{{sku}}}","name":"Mug","price":{"amount":"2.50","currency":"GBP"}}""", $"product-{sku}");
        var receipt = await Post($"/stock/{sku}/receipts", """{"quantity":10,"reference":"test"}""", $"receipt-{sku}");
        Assert.That((product.Status, receipt.Status), Is.EqualTo((201, 201)), product.Text + receipt.Text);
    }

    /// <summary>Orders one unit.</summary>
    public Task<Reply> Order(string sku, string key) =>
        Post("/orders", $$"""{"currency":"GBP","paymentToken":"tok_ok","lines":[{"sku":"{{sku}}","quantity":1}]}""", key);

    /// <summary>Asks once.</summary>
    public async Task<Reply> Get(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await app.Http.SendAsync(request);
        return await Reply.Of(response);
    }

    /// <summary>Asks until the answer is so.</summary>
    public Task<Reply> Until(string path, Func<Reply, bool> isSo) => Until(() => Get(path), isSo);

    /// <summary>Asks until the answer is so.</summary>
    public static async Task<Reply> Until(Func<Task<Reply>> ask, Func<Reply, bool> isSo)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var reply = await ask();
            if (isSo(reply))
            {
                return reply;
            }

            if (limit.IsCancellationRequested)
            {
                throw new AssertionException($"It does not get there: {reply.Status} {reply.Text}");
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>Sends once.</summary>
    public async Task<Reply> Post(string path, string body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Add("Idempotency-Key", key);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await app.Http.SendAsync(request);
        return await Reply.Of(response);
    }
}
