using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Commerce.Api.Cli.Demo;

/// <summary>How the orders of a plan were received.</summary>
/// <param name="Orders">Id of each order that the API took, with what its customer does next.</param>
/// <param name="Sent">Requests sent.</param>
/// <param name="Repeats">Requests that repeated a key.</param>
/// <param name="Recognised">Answers that the API marked as a repeat.</param>
sealed record Taken(IReadOnlyDictionary<string, Afterwards> Orders, int Sent, int Repeats, int Recognised);

/// <summary>Plays the plan against the API: the shelf, the orders, what becomes of them.</summary>
sealed class DemoTrade(ShopClient shop, DemoPlan plan)
{
    /// <summary>Requests in flight at once.</summary>
    const int ClientsMax = 64;

    /// <summary>Registers the products and takes their stock in. Products of an earlier run are there already.</summary>
    public async Task FillShelf(string run, CancellationToken cancellationToken)
    {
        IEnumerable<(SampleProduct Product, int Units)> shelf =
        [
            .. SampleCatalogue.Products.Select(p => (p, DemoPlan.UnitsReceived)),
            (plan.Hot, DemoPlan.HotUnits),
            (plan.Scarce, DemoPlan.ScarceUnits),
        ];
        await Parallel.ForEachAsync(shelf, Clients(cancellationToken), async (item, ct) =>
        {
            var registered = await shop.Post("/products", Registration(item.Product), $"{run}-product-{item.Product.Sku}", ct).ConfigureAwait(false);
            Demand(registered.IsSuccess || registered.Status == HttpStatusCode.Conflict, "register a product", registered);
            var receipt = new JsonObject { ["quantity"] = item.Units, ["reference"] = $"demo {run}" };
            Demand(await shop.Post($"/stock/{item.Product.Sku}/receipts", receipt, $"{run}-receipt-{item.Product.Sku}", ct).ConfigureAwait(false), "receive stock");
        }).ConfigureAwait(false);
    }

    /// <summary>Sends orders from concurrent clients, some of them more than once at the same moment.</summary>
    public async Task<Taken> Place(IEnumerable<PlannedOrder> orders, CancellationToken cancellationToken)
    {
        var taken = new ConcurrentDictionary<string, Afterwards>();
        var (sent, repeats, recognised) = (0, 0, 0);
        await Parallel.ForEachAsync(orders, Clients(cancellationToken), async (order, ct) =>
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, order.Sends).Select(_ => shop.Post("/orders", order.Body, order.Key, ct))).ConfigureAwait(false);
            foreach (var answer in answers)
            {
                Demand(answer, "place an order");
                taken[answer.Text("orderId")] = order.Afterwards;
            }

            Demand(answers.Select(a => a.Text("orderId")).Distinct().Count() == 1, "get one order for one key", answers[0]);
            Interlocked.Add(ref sent, answers.Length);
            Interlocked.Add(ref repeats, answers.Length - 1);
            Interlocked.Add(ref recognised, answers.Count(a => a.IsReplay));
        }).ConfigureAwait(false);
        return new Taken(taken, sent, repeats, recognised);
    }

    /// <summary>Customers who change their mind do so at once, whatever their order is doing at that moment.</summary>
    public async Task<int> Cancel(Taken taken, CancellationToken cancellationToken)
    {
        var cancelled = 0;
        await Each(taken, Afterwards.Cancels, async (id, ct) =>
        {
            var answer = await shop.Post($"/orders/{id}/cancel", new JsonObject { ["reason"] = "changed my mind" }, $"cancel-{id}", ct).ConfigureAwait(false);

            // The order may have been rejected meanwhile: then nothing is left to cancel.
            Demand(answer.IsSuccess || answer.Status == HttpStatusCode.Conflict, "cancel an order", answer);
            Interlocked.Add(ref cancelled, answer.IsSuccess ? 1 : 0);
        }, cancellationToken).ConfigureAwait(false);
        return cancelled;
    }

    /// <summary>The warehouse sends out confirmed orders.</summary>
    public Task<int> Ship(Taken taken, CancellationToken cancellationToken) =>
        Handle(taken, [Afterwards.Ships, Afterwards.Returns], "shipments", [], cancellationToken);

    /// <summary>Some of it comes back.</summary>
    public Task<int> Return(Taken taken, CancellationToken cancellationToken) =>
        Handle(taken, [Afterwards.Returns], "returns", new JsonObject { ["reason"] = "does not fit" }, cancellationToken);

    async Task<int> Handle(Taken taken, Afterwards[] which, string action, JsonObject body, CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var afterwards in which)
        {
            await Each(taken, afterwards, async (id, ct) =>
            {
                var answer = await shop.Post($"/orders/{id}/{action}", body, $"{action}-{id}", ct).ConfigureAwait(false);

                // Rejected orders have nothing to send.
                Demand(answer.IsSuccess || answer.Status == HttpStatusCode.Conflict, $"post {action}", answer);
                Interlocked.Add(ref done, answer.IsSuccess ? 1 : 0);
            }, cancellationToken).ConfigureAwait(false);
        }

        return done;
    }

    static Task Each(Taken taken, Afterwards which, Func<string, CancellationToken, ValueTask> act, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(taken.Orders.Where(o => o.Value == which).Select(o => o.Key), Clients(cancellationToken), act);

    static JsonObject Registration(SampleProduct product) => new()
    {
        ["sku"] = product.Sku,
        ["name"] = product.Name,
        ["price"] = new JsonObject { ["amount"] = product.Price, ["currency"] = SampleCatalogue.Currency },
    };

    static ParallelOptions Clients(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = ClientsMax, CancellationToken = cancellationToken };

    static void Demand(ShopAnswer answer, string what) => Demand(answer.IsSuccess, what, answer);

    static void Demand(bool holds, string what, ShopAnswer answer)
    {
        if (!holds)
        {
            throw new DemoFailedException(string.Create(
                CultureInfo.InvariantCulture, $"Could not {what}: the API answered {(int)answer.Status} {answer.Code} {answer.Body?["detail"]}"));
        }
    }
}
