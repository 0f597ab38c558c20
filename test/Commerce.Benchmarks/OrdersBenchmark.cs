using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Commerce.Api.Composition;
using Commerce.Benchmarks.Load;
using Commerce.Domain;
using Commerce.Domain.Access;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Projections.Auditing;

namespace Commerce.Benchmarks;

/// <summary>
/// Whole orders on the embedded default, all roles in this process: each client places one over HTTP, waits until it is confirmed (stock
/// reserved, payment authorised by the sandbox provider) and places the next. Beside it the same requests to a web server that does nothing.
/// Then as many for a longer time, and a burst whose orders nobody waits for before all are placed.
/// </summary>
static class OrdersBenchmark
{
    const int Products = 40;
    const int Units = 100_000_000;

    /// <summary>Orders read at once, afterwards, to check them: each by a client of its own, for one alone may not send that many requests.</summary>
    const int ReadersMax = 16;

    /// <summary>A thousand times what it takes: later than that it never comes.</summary>
    static readonly TimeSpan ConfirmedWithinMax = TimeSpan.FromSeconds(60);

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await using var process = await CommerceProcess.Start(Settings(bench.Server.DataFolder), cancellationToken);
        var key = await process.CreateKey(new("bench", AccessRole.Operator), cancellationToken);
        await using var bare = await BareWebServer.Start(database: null, cancellationToken);
        using var shop = new JsonClient(process.Address, new("Bearer", key.Text), Math.Max(bench.Sizes.Clients, bench.Sizes.SagaClients));
        var readers = await Readers(process, cancellationToken);
        await using var confirmations = await Confirmations.Watch(process.Host.Log, cancellationToken);
        await FillShelf(shop, cancellationToken);
        bench.Report.Setting($"{bench.Sizes.Clients} clients, two lines an order of {Products} products; rounds of {bench.Sizes.OrdersRound.TotalSeconds} s, bare ones of {bench.Sizes.BareRound.TotalSeconds} s");

        var posts = new List<Round>();
        var rounds = await Round.InTurn(
            bench.Sizes.Rounds,
            bench.Sizes.WarmUps,
            () => PostBare(bare, bench.Sizes, cancellationToken),
            () => PlaceOrders(bench.Server, shop, readers, confirmations, bench.Sizes, posts, cancellationToken));
        bench.Report.Add("bare ASP.NET Core POST, JSON in and out", "request", rounds[0]);
        bench.Report.Add("orders, placed to confirmed", "order", rounds[1], rounds[0]);
        bench.Report.Add("  of that POST /orders, sent to answered", "order", [.. posts.Skip(bench.Sizes.WarmUps)]);
        await Sustain(bench, shop, readers, confirmations, cancellationToken);
        await Audit(process.Host.Log, cancellationToken);
        readers.ForEach(r => r.Dispose());
    }

    static async Task<List<JsonClient>> Readers(CommerceProcess process, CancellationToken cancellationToken)
    {
        var readers = new List<JsonClient>();
        for (var n = 0; n < ReadersMax; n++)
        {
            var key = await process.CreateKey(new($"reader-{n}", AccessRole.Operator), cancellationToken);
            readers.Add(new(process.Address, new("Bearer", key.Text), 1));
        }

        return readers;
    }

    static async Task Sustain(Bench bench, JsonClient shop, IReadOnlyList<JsonClient> readers, Confirmations confirmations, CancellationToken cancellationToken)
    {
        var sizes = bench.Sizes with { Clients = bench.Sizes.SagaClients, OrdersRound = bench.Sizes.OrdersSustained };
        var sustained = await PlaceOrders(bench.Server, shop, readers, confirmations, sizes, [], cancellationToken);
        bench.Report.Add($"{sizes.Clients} clients for {sizes.OrdersRound.TotalSeconds} s: orders, placed to confirmed", "order", [sustained]);

        var (wishes, placed) = (new Wishes(sizes), new ConcurrentBag<StreamName>());
        var burst = await Round.Run(sizes.Clients, ConfirmedWithinMax, sizes.OrdersBurst, 1, async client =>
            placed.Add(Order.StreamOf(OrderId.Parse(await Place(shop, wishes.Next(client), cancellationToken), null))));
        var backlog = placed.Count(order => !confirmations.AreThere(order));
        var drained = await Round.Once(async () =>
        {
            await Task.WhenAll(placed.Select(order => confirmations.Of(order, cancellationToken))).WaitAsync(ConfirmedWithinMax, cancellationToken);
            return backlog;
        });
        bench.Report.Add($"a burst of {placed.Count} orders: POST /orders, sent to answered", "order", [burst]);
        if (backlog > 0)
        {
            bench.Report.Add($"  then its backlog of {backlog} orders, until the last is confirmed", "order", [drained], [sustained], "the sustained rate");
        }
    }

    static CommerceSettings Settings(string dataFolder) => CommerceSettings.Read(CommerceSettings.ReadSources(new Dictionary<string, string?>
    {
        // The embedded default, whatever the environment says.
        [CommerceSettings.PostgresKey] = "",
        [CommerceSettings.EventLogKey] = "",
        [CommerceSettings.BusKey] = "",
        [CommerceSettings.ProviderKey] = "",
        [CommerceSettings.RolesKey] = "api,sagas,relay,projections",
        [CommerceSettings.SandboxKey] = "true",
        [CommerceSettings.DataKey] = dataFolder,
        [CommerceSettings.UrlsKey] = "http://127.0.0.1:0",
        ["Logging:LogLevel:Default"] = "Warning",
    }));

    static async Task FillShelf(JsonClient shop, CancellationToken cancellationToken)
    {
        for (var n = 0; n < Products; n++)
        {
            await shop.Post("/products", $$$"""{"sku":"{{{Sku(n)}}}","name":"A product","price":{"amount":"4.95","currency":"GBP"}}""", $"product-{n}", cancellationToken);
            await shop.Post($"/stock/{Sku(n)}/receipts", $$"""{"quantity":{{Units}},"reference":"bench"}""", $"receipt-{n}", cancellationToken);
        }
    }

    static async Task<Round> PlaceOrders(
        ScratchServer server, JsonClient shop, IReadOnlyList<JsonClient> readers, Confirmations confirmations, Sizes sizes, List<Round> posts, CancellationToken cancellationToken)
    {
        var (wishes, answered, confirmed) = (new Wishes(sizes), new ConcurrentBag<double>(), new ConcurrentDictionary<string, LogPosition>());
        var before = ProcessorTime.Now(server.ProcessId, broker: null);
        var round = await Round.Run(sizes.Clients, sizes.OrdersRound, long.MaxValue, 1, async client =>
        {
            var begins = Stopwatch.GetTimestamp();
            var id = await Place(shop, wishes.Next(client), cancellationToken);
            answered.Add(Stopwatch.GetElapsedTime(begins).TotalMilliseconds);
            confirmed[id] = await confirmations.Of(Order.StreamOf(OrderId.Parse(id, null)), cancellationToken).WaitAsync(ConfirmedWithinMax, cancellationToken);
        });
        round = round with { Processor = ProcessorTime.Now(server.ProcessId, broker: null) - before };
        posts.Add(new(round.Units, round.Took, Statistics.Summary([.. answered.Order()])));
        Demand(confirmed.Count == round.Units, $"{round.Units} orders have {confirmed.Count} ids.");
        var shares = confirmed.Chunk(Math.Max(1, (confirmed.Count + readers.Count - 1) / readers.Count)).Zip(readers);
        await Task.WhenAll(shares.Select(share => Check(share.Second, share.First, cancellationToken)));
        return round;
    }

    static async Task Check(JsonClient reader, IEnumerable<KeyValuePair<string, LogPosition>> confirmed, CancellationToken cancellationToken)
    {
        foreach (var (order, position) in confirmed)
        {
            var read = await reader.Get($"/orders/{order}", position, cancellationToken);
            Demand(read.GetProperty("status").GetString() == "confirmed", $"The order {order} reads {read}.");
        }
    }

    // One body for all: what a web server does with it does not depend on what is ordered.
    static async Task<Round> PostBare(BareWebServer bare, Sizes sizes, CancellationToken cancellationToken) => Round.Of(await LoadProcess.Play(
        new(bare.Address.Port, sizes.Clients, [new(sizes.BareRound.TotalSeconds, null)], ["/orders"], new Wishes(sizes).Next(0), "bare-", 1, new("orderId", null, []), null), cancellationToken));

    static async Task<string> Place(JsonClient server, string body, CancellationToken cancellationToken)
    {
        var answer = await server.Post("/orders", body, Guid.NewGuid().ToString(), cancellationToken);
        Demand(answer.GetProperty("status").GetString() == "placed" && answer.GetProperty("position").GetString() is not null, $"An order was answered with {answer}.");
        return answer.GetProperty("orderId").GetString() ?? throw new BenchmarkFailedException("An order has no id.");
    }

    static async Task Audit(IEventLog log, CancellationToken cancellationToken)
    {
        var audit = await new Auditor(log).Run(new AuditOptions(), progress: null, cancellationToken);
        Demand(audit.IsClean, $"The audit found: {string.Join("; ", audit.Offences.Take(3))}");
    }

    static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new BenchmarkFailedException(otherwise);
        }
    }

    static string Sku(int n) => string.Create(CultureInfo.InvariantCulture, $"BENCH-{n}");

    /// <summary>Bodies of orders; each client draws its own, the same in each round.</summary>
    sealed class Wishes(Sizes sizes)
    {
        readonly Random[] _random = [.. Enumerable.Range(0, sizes.Clients).Select(client => new Random(HashCode(sizes.Seed, client)))];

#pragma warning disable CA5394 // not a secret
        public string Next(int client)
        {
            var first = _random[client].Next(Products);
            return $$"""{"currency":"GBP","country":"GB","customerId":"customer-{{client}}","paymentToken":"tok_ok","lines":[{"sku":"{{Sku(first)}}","quantity":{{_random[client].Next(1, 4)}}},{"sku":"{{Sku((first + 1) % Products)}}","quantity":1}]}""";
        }
#pragma warning restore CA5394

        // Not System.HashCode, which differs from process to process.
        static int HashCode(int seed, int client) => seed * 1_000_003 + client;
    }
}
