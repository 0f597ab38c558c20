using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Commerce.Api.Cli.Demo;
using Commerce.Faults.Site;

namespace Commerce.Api.Tests.Crash;

/// <summary>Customers who shop at once, and repeat what has no answer, under the same key, when the shop is open again.</summary>
sealed class Customers(ShopClient shop, ServingProcess process)
{
    /// <summary>Requests in flight at once.</summary>
    const int ClientsMax = 16;

    /// <summary>A shop that is open and never answers is broken.</summary>
    const int AttemptsMax = 20;

    readonly ConcurrentDictionary<string, string> _accepted = new();
    int _acceptances;
    int _lost;

    /// <summary>Id of each order that was accepted, by its key.</summary>
    public IReadOnlyDictionary<string, string> Accepted => _accepted;

    /// <summary>Requests whose answer never came.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>Registers the products and takes their stock in.</summary>
    public async Task FillShelf(CancellationToken cancellationToken)
    {
        foreach (var (sku, units) in CrashPlan.OtherSkus.Select(sku => (sku, CrashPlan.OtherUnits)).Append((CrashPlan.HotSku, CrashPlan.HotUnits)))
        {
            var product = new JsonObject { ["sku"] = sku, ["name"] = sku, ["price"] = new JsonObject { ["amount"] = "4.95", ["currency"] = "GBP" } };
            Demand(await shop.Post("/products", product, $"product-{sku}", cancellationToken));
            Demand(await shop.Post($"/stock/{sku}/receipts", new JsonObject { ["quantity"] = units, ["reference"] = "opening" }, $"receipt-{sku}", cancellationToken));
        }
    }

    /// <summary>Every customer has what was answered to them.</summary>
    /// <param name="onAccepted">Told the count at each acceptance, while the others' requests are under way.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task Shop(Action<int> onAccepted, CancellationToken cancellationToken) =>
        Each(CrashPlan.Wishes, async (wish, ct) =>
        {
            var order = Demand(await Insist("/orders", wish.Body, wish.Key, ct)).Text("orderId");
            _accepted[wish.Key] = order;
            onAccepted(Interlocked.Increment(ref _acceptances));
            if (wish.Ending == Ending.Cancelled)
            {
                Demand(await Insist($"/orders/{order}/cancel", new JsonObject { ["reason"] = "changed my mind" }, $"cancel-{order}", ct));
            }
        }, cancellationToken);

    /// <summary>Sends every order once more.</summary>
    public Task ShopAgain(Action<Wish, ShopAnswer> onAnswer, CancellationToken cancellationToken) =>
        Each(CrashPlan.Wishes, async (wish, ct) => onAnswer(wish, Demand(await shop.Post("/orders", wish.Body, wish.Key, ct))), cancellationToken);

    static Task Each(IEnumerable<Wish> wishes, Func<Wish, CancellationToken, ValueTask> act, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(wishes, new ParallelOptions { MaxDegreeOfParallelism = ClientsMax, CancellationToken = cancellationToken }, act);

    async Task<ShopAnswer> Insist(string path, JsonObject body, string key, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await process.Serving.WaitAsync(cancellationToken);
            try
            {
                return await shop.Post(path, body, key, cancellationToken);
            }
            catch (HttpRequestException) when (attempt < AttemptsMax)
            {
                Interlocked.Increment(ref _lost);
            }
        }
    }

    static ShopAnswer Demand(ShopAnswer answer) => answer.IsSuccess ? answer
        : throw new AssertionException($"{(int)answer.Status} {answer.Body?.ToJsonString()}");
}
