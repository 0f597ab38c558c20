using Commerce.Benchmarks.Load;

namespace Commerce.Benchmarks.FlashSales;

/// <summary>
/// Claims on one hot SKU over HTTP, each durable before it is answered, until it is sold out. Beside it the bare web server's POST, and the
/// same written by hand on the same PostgreSQL in both usual ways; the same generator loads all of them, and each is a process of its own.
/// </summary>
static class FlashSaleBenchmark
{
    /// <summary>How long the load of an open loop comes before it counts.</summary>
    const double WarmUpSeconds = 1;

    static readonly AnswerShape Answers = new("claimId", "place", ["sold-out"], "sold-out");
    static readonly string Body = $$"""{"customerId":"c-{{RequestTemplate.NumberMark}}","quantity":1}""";

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        var sizes = bench.Sizes;
        await using var shop = await SaleShop.Start(bench.Server, cancellationToken);
        await using var bare = await BareWebServer.Start(database: null, cancellationToken);
        bench.Report.Setting($"sales of {sizes.SaleUnits} units, by hand {sizes.PeerUnits}, until sold out; each unit's claim is checked in the answer and afterwards in the log");
        bench.Report.Setting($"by hand: {BareWebServer.PeerConnectionsMax} connections to PostgreSQL, statements prepared, one transaction a claim");
        var fastest = 0.0;
        foreach (var connections in sizes.SaleConnections)
        {
            var rounds = await Round.InTurn(
                sizes.Rounds,
                sizes.WarmUps,
                () => PostBare(bench, bare, connections, cancellationToken),
                () => Claim(shop, connections, sizes, cancellationToken),
                () => ClaimByHand(bench, "by-update", connections, cancellationToken),
                () => ClaimByHand(bench, "by-lock", connections, cancellationToken));
            bench.Report.Add($"{connections} connections: bare ASP.NET Core POST, JSON in and out", "request", rounds[0]);
            bench.Report.Add($"{connections} connections: claims of one sale, durable", "claim", rounds[1], rounds[0]);
            bench.Report.Add($"{connections} connections: by hand, UPDATE … WHERE enough + INSERT", "claim", rounds[2], rounds[0]);
            bench.Report.Add($"{connections} connections: by hand, SELECT FOR UPDATE + INSERT", "claim", rounds[3], rounds[0]);
            fastest = Math.Max(fastest, Statistics.Median(rounds[1].Select(r => r.PerSecond)));
        }

        await AtHalfRate(bench, shop, fastest / 2, cancellationToken);
    }

    static async Task AtHalfRate(Bench bench, SaleShop shop, double perSecond, CancellationToken cancellationToken)
    {
        var rounds = new List<Round>();
        for (var n = 0; n < bench.Sizes.Rounds; n++)
        {
            var seconds = bench.Sizes.HalfRateRound.TotalSeconds;
            var sale = await shop.Announce((int)(perSecond * (seconds + WarmUpSeconds)) + 2, cancellationToken);

            // The generator is a new process each time: while its code is compiled it is late, which would count as latency.
            var result = await shop.Claim([sale], bench.Sizes.SaleConnections[^1], [new(WarmUpSeconds, perSecond), new(seconds, perSecond)], endsSoldOut: false, cancellationToken);
            rounds.Add(Round.Of(result.Phases[1]));
        }

        bench.Report.Add($"open loop at half of the maximum, {perSecond:0} claims a second", "claim", rounds);
    }

    static async Task<Round> PostBare(Bench bench, BareWebServer bare, int connections, CancellationToken cancellationToken) => Round.Of(await LoadProcess.Play(
        new(bare.Address.Port, connections, [new(bench.Sizes.BareRound.TotalSeconds, null)], ["/claims"], Body, "bare-", 1, Answers, null),
        bare.ProcessId, bench.Server.ProcessId, cancellationToken));

    static async Task<Round> Claim(SaleShop shop, int connections, Sizes sizes, CancellationToken cancellationToken)
    {
        var sale = await shop.Announce(sizes.SaleUnits, cancellationToken);
        return SoldOut(await shop.Claim([sale], connections, [new(sizes.SaleTimeMax.TotalSeconds, null)], endsSoldOut: true, cancellationToken), sizes.SaleUnits);
    }

    static async Task<Round> ClaimByHand(Bench bench, string way, int connections, CancellationToken cancellationToken)
    {
        const int Sale = 1;
        var database = await bench.Server.CreateDatabase(cancellationToken);
        await PeerShop.Create(database, Sale, bench.Sizes.PeerUnits, cancellationToken);
        await using var server = await BareWebServer.Start(database, cancellationToken);
        var plan = new LoadPlan(server.Address.Port, connections, [new(bench.Sizes.SaleTimeMax.TotalSeconds, null)], [$"/{way}/{Sale}/claims"], Body, "hand-", 1, Answers, null);
        var round = SoldOut(await LoadProcess.Play(plan, server.ProcessId, bench.Server.ProcessId, cancellationToken), bench.Sizes.PeerUnits);
        var sold = await PeerShop.Sold(database, Sale, cancellationToken);
        return sold == (bench.Sizes.PeerUnits, bench.Sizes.PeerUnits, bench.Sizes.PeerUnits) ? round : throw new BenchmarkFailedException($"By hand {sold} were sold of {bench.Sizes.PeerUnits}.");
    }

    static Round SoldOut(LoadResult result, int units) =>
        result.Phases[0].Accepted == units ? Round.Of(result) : throw new BenchmarkFailedException($"{result.Phases[0].Accepted} of {units} units were sold in time.");
}
