using System.Globalization;
using Commerce.Commands.Snapshots;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Log;
using Commerce.Domain.Snapshots;

namespace Commerce.Benchmarks.FlashSales;

/// <summary>Claims of sales in which much has happened already: what one costs must not depend on how much.</summary>
static class LongStreamsBenchmark
{
    const int Connections = 64;

    /// <summary>Events of one append that makes a stream long.</summary>
    const int FillEvents = 1_000;

    /// <summary>Longer than it takes to read and write the longest stream's.</summary>
    static readonly TimeSpan SnapshotWithin = TimeSpan.FromMinutes(2);

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        var database = await bench.Server.CreateDatabase(cancellationToken);
        await using var shop = await SaleShop.StartOn(bench.Server, database, cancellationToken);
        bench.Report.Setting($"{Connections} connections, rounds of {bench.Sizes.ClaimsRound.TotalSeconds} s; half of the events are claims, half their units that were offered again");
        var sales = new List<FlashSaleId>();
        var replayed = new List<TimeSpan>();
        await WarmUp(shop, shop, cancellationToken);
        foreach (var events in bench.Sizes.StreamEvents)
        {
            var sale = await shop.Announce(bench.Sizes.SaleUnitsPlenty, cancellationToken);
            await Lengthen(shop.Log, sale, events, cancellationToken);
            replayed.Add(await shop.ClaimOne(sale, cancellationToken));
            sales.Add(sale);
        }

        await AfterRestart(bench, database, shop, sales, replayed, cancellationToken);
        var rounds = await Round.InTurn(bench.Sizes.Rounds, bench.Sizes.WarmUps, [.. sales.Select(sale => (Func<Task<Round>>)(() => Claim(shop, sale, bench.Sizes, cancellationToken)))]);
        for (var n = 0; n < sales.Count; n++)
        {
            bench.Report.Add($"claims of a sale with {bench.Sizes.StreamEvents[n]} events", "claim", rounds[n]);
        }
    }

    // A process that starts later finds the snapshots that the first one has taken, where a stream is long enough for one.
    static async Task AfterRestart(Bench bench, string database, SaleShop shop, List<FlashSaleId> sales, List<TimeSpan> replayed, CancellationToken cancellationToken)
    {
        await using var started = await SaleShop.StartOn(bench.Server, database, cancellationToken);
        await WarmUp(shop, started, cancellationToken);
        var eventsMin = new SnapshotOptions().EventsMin;
        for (var n = 0; n < sales.Count; n++)
        {
            var events = bench.Sizes.StreamEvents[n];
            if (events >= eventsMin)
            {
                await Snapshot(shop.Log, sales[n], cancellationToken);
            }

            var restarted = await started.ClaimOne(sales[n], cancellationToken);
            bench.Report.Setting($"{events} events: the first claim is answered after {replayed[n].TotalMilliseconds:0} ms where all are replayed, after {restarted.TotalMilliseconds:0} ms by a process that starts later{(events >= eventsMin ? ", from a snapshot" : "")}");
        }
    }

    // What a process does for the first time takes it seconds, whatever it is.
    static async Task WarmUp(SaleShop shop, SaleShop node, CancellationToken cancellationToken) =>
        await node.ClaimOne(await shop.Announce(1, cancellationToken), cancellationToken);

    static async Task Snapshot(IEventLog log, FlashSaleId sale, CancellationToken cancellationToken)
    {
        var names = SnapshotStreams.Of(FlashSale.StreamOf(sale)) ?? throw new BenchmarkFailedException($"{sale} can have no snapshot.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(SnapshotWithin);
        while (!await log.ReadStream(names, ReadDirection.Backwards, long.MaxValue, 1, limit.Token).AnyAsync(limit.Token))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
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
