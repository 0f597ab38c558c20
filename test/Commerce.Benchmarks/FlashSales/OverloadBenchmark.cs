using System.Globalization;
using Commerce.Benchmarks.Load;
using Commerce.Domain;

namespace Commerce.Benchmarks.FlashSales;

/// <summary>
/// Half of what can be taken, then three times as much at a steady rate, then half again: what is refused is refused quickly, what is accepted is
/// in the log, memory does not grow, and afterwards all is as before.
/// </summary>
static class OverloadBenchmark
{
    /// <summary>Far more than the gate lets in: those beyond it are refused. They bound what is under way.</summary>
    const int Connections = 3_000;

    const int MaximumConnections = 256;

    /// <summary>How many times the maximum comes.</summary>
    const int Times = 3;

    /// <summary>Of a sale's units so many are meant to be claimed: should more be accepted than the maximum let expect, it still is not sold out.</summary>
    const double UnitsShare = 0.8;

    /// <summary>What a claim takes of the process that decides it; see docs/flash-sales.md.</summary>
    const int BytesOfClaim = 77;

    /// <summary>Latency counts as it was before from the second on since when p99 stays below this, or below twice what it was before.</summary>
    const double CalmMs = 50;

    static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(1);

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await using var shop = await SaleShop.Start(bench.Server, cancellationToken);
        var sizes = bench.Sizes;
        async Task<LoadResult> Claim(double seconds) =>
            await shop.Claim([await shop.Announce(sizes.SaleUnitsMost, cancellationToken)], MaximumConnections, [new(seconds, null)], endsSoldOut: false, cancellationToken);

        await Claim(sizes.ServerWarmUp.TotalSeconds);
        var maximum = (await Round.InTurn(sizes.Rounds, sizes.WarmUps, async () => Round.Of(await Claim(sizes.ClaimsRound.TotalSeconds))))[0];
        var rate = Statistics.Median(maximum.Select(r => r.PerSecond));
        bench.Report.Add($"maximum, {MaximumConnections} connections in a closed loop", "claim", maximum);

        var phases = Phases(sizes, rate);
        var sales = new List<FlashSaleId>();
        foreach (var _ in phases)
        {
            sales.Add(await shop.Announce(sizes.SaleUnitsMost, cancellationToken));
        }

        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var memory = Watch(shop.ProcessId, watching.Token);
        var result = await shop.Claim(sales, Connections, phases, endsSoldOut: false, cancellationToken);
        await watching.CancelAsync();
        Tell(bench.Report, result.Phases, maximum);
        bench.Report.Setting($"memory of the server, MiB, over time: {string.Join(' ', Thinned(await memory))}; the {result.Phases.Sum(p => p.Accepted)} claims that were accepted stay, with some {BytesOfClaim} bytes each: {result.Phases.Sum(p => p.Accepted) * BytesOfClaim >> 20} MiB");
    }

    // Each phase has a sale of its own, and the overload as many as it takes for its time: none is sold out.
    static List<LoadPhase> Phases(Sizes sizes, double rate)
    {
        var overs = (int)Math.Ceiling(sizes.OverloadRound.TotalSeconds * rate / (sizes.SaleUnitsMost * UnitsShare));
        return
        [
            new(sizes.AfterOverloadRound.TotalSeconds, rate / 2, 0),
            .. Enumerable.Range(1, overs).Select(n => new LoadPhase(sizes.OverloadRound.TotalSeconds / overs, Times * rate, n)),
            new(sizes.AfterOverloadRound.TotalSeconds, rate / 2, overs + 1),
        ];
    }

    static void Tell(Report report, IReadOnlyList<PhaseResult> phases, IReadOnlyList<Round> maximum)
    {
        var (before, during, after) = (phases[0], phases.Skip(1).SkipLast(1).ToList(), phases[^1]);
        report.Add("half of the maximum", "claim", [Round.Of(before)]);
        report.Add($"{Times} times the maximum for {during.Sum(p => p.Seconds):0} s, {Connections} connections: accepted", "claim", [.. during.Select(Round.Of)], maximum, "the maximum");
        var refused = during.SelectMany(p => p.Refused).GroupBy(r => r.Key, r => r.Value);
        report.Setting($"refused: {string.Join(", ", refused.Select(r => $"{r.Sum()} {r.Key}"))}, answered within p50 {during.Max(p => p.RefusedAnswer.P50Ms):0.0}, p99 {during.Max(p => p.RefusedAnswer.P99Ms):0.0} ms; accepted within p50 {during.Max(p => p.AcceptedAnswer.P50Ms):0.0}, p99 {during.Max(p => p.AcceptedAnswer.P99Ms):0.0} ms of being sent");
        report.Setting($"not sent, since no connection was free: {during.Sum(p => p.Unsent)}; the generator shares the cores with what it loads");
        report.Add("half of the maximum, right after it", "claim", [Round.Of(after)]);
        report.Setting($"p99 of each second of it, ms: {string.Join(' ', after.EachSecond.Select(s => s.P99Ms.ToString("0.0", CultureInfo.InvariantCulture)))}");
        report.Setting($"{CalmAfter(after, Math.Max(CalmMs, 2 * before.AcceptedLatency.P99Ms))}");
    }

    static string CalmAfter(PhaseResult after, double calmMs)
    {
        var restless = after.EachSecond.Count;
        while (restless > 0 && after.EachSecond[restless - 1].P99Ms <= calmMs)
        {
            restless--;
        }

        return restless == after.EachSecond.Count
            ? FormattableString.Invariant($"p99 does not come back below {calmMs:0} ms")
            : FormattableString.Invariant($"p99 stays below {calmMs:0} ms from {restless} s after the overload on");
    }

    // One line of a report holds some twenty.
    static IEnumerable<long> Thinned(List<long> samples) => samples.Where((_, n) => n % (1 + (samples.Count / 20)) == 0 || n == samples.Count - 1);

    // Linux tells; elsewhere nothing is shown.
    static async Task<List<long>> Watch(int process, CancellationToken cancellationToken)
    {
        var (samples, status) = (new List<long>(), $"/proc/{process}/status");
        using var timer = new PeriodicTimer(SampleEvery);
        while (!cancellationToken.IsCancellationRequested && File.Exists(status))
        {
            var resident = (await File.ReadAllLinesAsync(status, CancellationToken.None)).FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            samples.Add(long.Parse(resident?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] ?? "0", CultureInfo.InvariantCulture) / 1024);
            try
            {
                await timer.WaitForNextTickAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return samples;
    }
}
