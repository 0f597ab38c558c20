using System.Globalization;
using Commerce.Benchmarks.FlashSales;
using Commerce.Benchmarks.Load;
using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain;
using Commerce.Faults.Site;
using Commerce.Projections.Daemon;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Benchmarks.ReadModels;

/// <summary>Orders read by their id over HTTP, out of the read models, beside a bare web server that answers with one of that size out of its memory.</summary>
static class DocumentReads
{
    const int Connections = 64;

    static readonly AnswerShape Answers = new(null, null, [], AcceptedStatus: 200);
    static readonly OrderTrade Trade = new(IdOf);
    static readonly string Path = $"/orders/00000000-0000-4000-8000-00{RequestTemplate.NumberMark}";

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        var orders = bench.Sizes.OrdersRead;
        bench.Report.Setting($"{orders} orders by their ids in turn, {Connections} connections; the application, the generator, the bare web server and the database are processes of their own");
        var database = await bench.Server.CreateDatabase(cancellationToken);
        await Fill(database, orders, cancellationToken);
        await using var shop = await SaleShop.StartOn(bench.Server, database, cancellationToken);
        await using var bare = await BareWebServer.Start(database: null, cancellationToken);
        Task<Round> GetOrders(TimeSpan time) => Get(bench, shop.Address, shop.ProcessId, orders, ServingProcess.Credentials.ToString(), time, cancellationToken);

        // Its code is still being compiled in the first seconds, as that of a sale is; the bare one has little.
        await GetOrders(bench.Sizes.ServerWarmUp);
        var rounds = await Round.InTurn(
            bench.Sizes.Rounds,
            bench.Sizes.WarmUps,
            () => Get(bench, bare.Address, bare.ProcessId, orders, null, bench.Sizes.BareRound, cancellationToken),
            () => GetOrders(bench.Sizes.BareRound));
        bench.Report.Add("bare ASP.NET Core GET, an order as JSON", "request", rounds[0]);
        bench.Report.Add("orders by their ids", "request", rounds[1], rounds[0]);
    }

    static async Task Fill(string database, int orders, CancellationToken cancellationToken)
    {
        await using var log = await PostgresEventLog.Open(new() { ConnectionString = database }, TimeProvider.System, NullLogger<PostgresEventLog>.Instance, cancellationToken);
        foreach (var appends in Trade.Appends(0, orders))
        {
            await log.AppendInOrder(appends, cancellationToken);
        }

        await using var side = await ReadSide.Start(database, log, [ProjectionNames.Orders], cancellationToken);
        await side.Reached(ProjectionNames.Orders, await log.Head(cancellationToken), cancellationToken);
    }

    static async Task<Round> Get(Bench bench, Uri address, int process, int orders, string? authorization, TimeSpan time, CancellationToken cancellationToken) => Round.Of(await LoadProcess.Play(
        new(address.Port, Connections, [new(time.TotalSeconds, null)], [Path], null, "", 0, Answers, null, NumbersMax: orders, Authorization: authorization),
        process, bench.Server.ProcessId, cancellationToken));

    // Ends with the order's number, as the generator writes it.
    static OrderId IdOf(int n) => OrderId.Parse(string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-00{n:D10}"), null);
}
