using System.Diagnostics;
using System.Globalization;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Log;

namespace Commerce.Benchmarks.FlashSales;

/// <summary>Claims of sales in which much has happened already: what one costs must not depend on how much.</summary>
static class LongStreamsBenchmark
{
    const int Connections = 64;

    /// <summary>Events of one append that makes a stream long.</summary>
    const int FillEvents = 1_000;

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await using var shop = await SaleShop.Start(bench.Server, cancellationToken);
        bench.Report.Setting($"{Connections} connections, rounds of {bench.Sizes.ClaimsRound.TotalSeconds} s; half of the events are claims, half their units that were offered again");
        var sales = new List<FlashSaleId>();
        foreach (var events in bench.Sizes.StreamEvents)
        {
            var sale = await shop.Announce(bench.Sizes.SaleUnitsPlenty, cancellationToken);
            await Lengthen(shop.Log, sale, events, cancellationToken);
            var begins = Stopwatch.GetTimestamp();
            await shop.Claim([sale], 1, [new(0.001, null)], endsSoldOut: false, cancellationToken);
            bench.Report.Setting($"{events} events: the first claim is answered after {Stopwatch.GetElapsedTime(begins).TotalMilliseconds:0} ms, start of the generator and two reads to audit included");
            sales.Add(sale);
        }

        var rounds = await Round.InTurn(bench.Sizes.Rounds, [.. sales.Select(sale => (Func<Task<Round>>)(() => Claim(shop, sale, bench.Sizes, cancellationToken)))]);
        for (var n = 0; n < sales.Count; n++)
        {
            bench.Report.Add($"claims of a sale with {bench.Sizes.StreamEvents[n]} events", "claim", rounds[n]);
        }
    }

    static async Task<Round> Claim(SaleShop shop, FlashSaleId sale, Sizes sizes, CancellationToken cancellationToken) =>
        Round.Of(await shop.Claim([sale], Connections, [new(sizes.ClaimsRound.TotalSeconds, null)], endsSoldOut: false, cancellationToken));

    static async Task Lengthen(IEventLog log, FlashSaleId sale, int events, CancellationToken cancellationToken)
    {
        var metadata = new EventMetadata { OccurredAt = DateTimeOffset.UtcNow, Actor = "bench" }.ToJson();
        for (var written = 0; written < events; written += FillEvents)
        {
            NewEvent[] append =
            [
                .. Enumerable.Range(written / 2, Math.Min(FillEvents, events - written) / 2).SelectMany(PastOf)
                    .Select(e => new NewEvent(Guid.NewGuid(), EventCatalog.NameOf(e), EventCatalog.ToJson(e), metadata)),
            ];
            await log.Append(FlashSale.StreamOf(sale), ExpectedRevision.Any, append, cancellationToken);
        }
    }

    static IEnumerable<FlashSaleEvent> PastOf(int n)
    {
        var claim = new OrderId(Guid.NewGuid());
        yield return new FlashSaleEvent.Claimed(claim, CustomerId.Of(string.Create(CultureInfo.InvariantCulture, $"past-{n}")), 1, n + 1, 0, null);
        yield return new FlashSaleEvent.ClaimReturned(claim, 1, ClaimReturnReason.Unpaid);
    }
}
