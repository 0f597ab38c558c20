using Commerce.Benchmarks.Load;

namespace Commerce.Benchmarks.FlashSales;

/// <summary>The same connections claim of one sale, of two, of four and so on: what contention costs, as it falls.</summary>
static class HotSkusBenchmark
{
    const int Connections = 256;

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        var hot = bench.Sizes.HotSkus;
        await using var shop = await SaleShop.Start(bench.Server, cancellationToken);
        bench.Report.Setting($"{Connections} connections, rounds of {bench.Sizes.ClaimsRound.TotalSeconds} s");
        var rounds = await Round.InTurn(bench.Sizes.Rounds, bench.Sizes.WarmUps, [.. hot.Select(skus => (Func<Task<Round>>)(() => Claim(shop, skus, bench.Sizes, cancellationToken)))]);
        for (var n = 0; n < hot.Count; n++)
        {
            bench.Report.Add($"claims of {hot[n]} sale{(hot[n] == 1 ? "" : "s")}", "claim", rounds[n]);
        }
    }

    static async Task<Round> Claim(SaleShop shop, int skus, Sizes sizes, CancellationToken cancellationToken)
    {
        var sales = new List<Domain.FlashSaleId>();
        for (var n = 0; n < skus; n++)
        {
            sales.Add(await shop.Announce(sizes.SaleUnitsPlenty, cancellationToken));
        }

        return Round.Of(await shop.Claim(sales, Connections, [new LoadPhase(sizes.ClaimsRound.TotalSeconds, null)], endsSoldOut: false, cancellationToken));
    }
}
