using System.Runtime.InteropServices;

namespace Commerce.Benchmarks.FlashSales;

/// <summary>
/// One sale at two nodes on one log: first how fast, beside one node; then buyers who press twice and insist, while one of the nodes is killed.
/// What the log holds in the end is what buyers were told.
/// </summary>
static class NodesBenchmark
{
    /// <summary>Streams of the sale that is spread: each node works on some while the other works on others.</summary>
    const int Shards = 8;

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        var database = await bench.Server.CreateDatabase(cancellationToken);
        await using var first = await SaleShop.StartOn(bench.Server, database, cancellationToken);
        await using var second = await SaleShop.StartOn(bench.Server, database, cancellationToken);
        bench.Report.Setting($"rounds of {bench.Sizes.BareRound.TotalSeconds} s; {bench.Sizes.NodesUnits} units for {bench.Sizes.NodesBuyers} buyers, a node is killed when {BuyersAtNodes.KillAtPercent} % are sold");
        await WarmUp([first, second], bench.Sizes, cancellationToken);
        foreach (var connections in bench.Sizes.NodesConnections)
        {
            await Compare(bench, first, second, connections, cancellationToken);
        }

        var sale = await first.Announce(bench.Sizes.NodesUnits, cancellationToken);
        var buyers = new BuyersAtNodes(sale, [first, second], bench.Sizes);
        var acknowledged = await buyers.Buy(cancellationToken);
        var audit = await SaleAudit.Read(first.Log, [sale], cancellationToken);
        audit.DemandHolds(acknowledged);
        bench.Report.Setting($"{audit.Sold} of {bench.Sizes.NodesUnits} units sold; {acknowledged.Count} claims acknowledged, each in the log once; {buyers.Repeated} repeats got the first answer again; {buyers.Insisted} requests were sent again after the kill");
        if (audit.Sold != bench.Sizes.NodesUnits)
        {
            throw new BenchmarkFailedException($"{audit.Sold} of {bench.Sizes.NodesUnits} units were sold.");
        }
    }

    static async Task Compare(Bench bench, SaleShop first, SaleShop second, int connections, CancellationToken cancellationToken)
    {
        (SaleShop, int)[] both = [(first, connections / 2), (second, connections / 2)];
        var rounds = await Round.InTurn(
            bench.Sizes.Rounds,
            bench.Sizes.WarmUps,
            () => Claim(first, [(first, connections)], bench.Sizes, 1, cancellationToken),
            () => Claim(first, both, bench.Sizes, 1, cancellationToken),
            () => Claim(first, both, bench.Sizes, Shards, cancellationToken));
        bench.Report.Add($"{connections} connections: claims of one sale at one node", "claim", rounds[0]);
        bench.Report.Add($"{connections} connections: at two nodes", "claim", rounds[1], rounds[0], "one node");
        bench.Report.Add($"{connections} connections: at two nodes, over {Shards} streams", "claim", rounds[2], rounds[0], "one node");
    }

    static async Task WarmUp(SaleShop[] nodes, Sizes sizes, CancellationToken cancellationToken)
    {
        foreach (var node in nodes)
        {
            var sale = await nodes[0].Announce(sizes.SaleUnitsPlenty, cancellationToken);
            await node.Load(sale, sizes.NodesConnections[0], sizes.ServerWarmUp, isSharded: false, cancellationToken);
        }
    }

    static async Task<Round> Claim(SaleShop shop, (SaleShop Node, int Connections)[] nodes, Sizes sizes, int shards, CancellationToken cancellationToken)
    {
        var sale = await shop.Announce(sizes.SaleUnitsPlenty, cancellationToken, shards);
        var loads = await Task.WhenAll(nodes.Select(n => n.Node.Load(sale, n.Connections, sizes.BareRound, shards > 1, cancellationToken)));
        var audit = await SaleAudit.Read(shop.Log, [sale], cancellationToken);
        audit.DemandHolds([.. loads.SelectMany(l => MemoryMarshal.Cast<byte, Guid>(l.Acknowledged).ToArray())]);
        var phases = loads.Select(l => l.Result.Phases[0]).ToList();
        return new(phases.Sum(p => p.Accepted), TimeSpan.FromSeconds(phases.Max(p => p.Seconds)), phases.MaxBy(p => p.AcceptedLatency.P99Ms)?.AcceptedLatency)
        {
            Processor = Sum([.. loads.Select(l => l.Result.Servers ?? default)]),
        };
    }

    // Each counted its own node, and all of them the same database.
    static ProcessorTime Sum(IReadOnlyList<ProcessorTime> nodes) =>
        new(TimeSpan.FromTicks(nodes.Sum(n => n.Process.Ticks)), nodes.Max(n => n.Database), TimeSpan.Zero);
}
