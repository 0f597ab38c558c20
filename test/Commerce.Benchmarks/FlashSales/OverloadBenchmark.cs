using System.Globalization;
using Commerce.Benchmarks.Load;

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

    /// <summary>Latency counts as it was before from the second on since when p99 stays below this, or below twice what it was before.</summary>
    const double CalmMs = 50;

    static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(1);

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await using var shop = await SaleShop.Start(bench.Server, cancellationToken);
        var sizes = bench.Sizes;
        async Task<LoadResult> Claim(int connections, params LoadPhase[] phases) =>
            await shop.Claim([await shop.Announce(sizes.SaleUnitsMost, cancellationToken)], connections, phases, endsSoldOut: false, cancellationToken);

        await Claim(MaximumConnections, new LoadPhase(sizes.ServerWarmUp.TotalSeconds, null));
        var maximum = (await Round.InTurn(sizes.Rounds, sizes.WarmUps, async () => Round.Of(await Claim(MaximumConnections, new LoadPhase(sizes.ClaimsRound.TotalSeconds, null)))))[0];
        var rate = Statistics.Median(maximum.Select(r => r.PerSecond));
        bench.Report.Add($"maximum, {MaximumConnections} connections in a closed loop", "claim", maximum);

        var calm = new LoadPhase(sizes.AfterOverloadRound.TotalSeconds, rate / 2);
        var over = new LoadPhase(Math.Min(sizes.OverloadRound.TotalSeconds, ((sizes.SaleUnitsMost * UnitsShare) - (2 * calm.Seconds * rate / 2)) / rate), Times * rate);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var memory = Watch(shop.ProcessId, watching.Token);
        var result = await Claim(Connections, calm, over, calm);
        await watching.CancelAsync();
        Tell(bench.Report, result.Phases, maximum);
        bench.Report.Setting($"memory of the server, MiB, over time: {string.Join(' ', Thinned(await memory))}; a claim that was accepted stays, with some 77 bytes");
    }

    static void Tell(Report report, IReadOnlyList<PhaseResult> phases, IReadOnlyList<Round> maximum)
    {
        var (before, during, after) = (phases[0], phases[1], phases[2]);
        report.Add("half of the maximum", "claim", [Round.Of(before)]);
        report.Add($"{Times} times the maximum for {during.Seconds:0} s, {Connections} connections: accepted", "claim", [Round.Of(during)], maximum, "the maximum");
        report.Setting($"refused: {string.Join(", ", during.Refused.Select(r => $"{r.Value} {r.Key}"))}, answered within p50 {during.RefusedAnswer.P50Ms:0.0}, p99 {during.RefusedAnswer.P99Ms:0.0} ms; accepted within p50 {during.AcceptedAnswer.P50Ms:0.0}, p99 {during.AcceptedAnswer.P99Ms:0.0} ms of being sent");
        report.Setting($"not sent, since no connection was free: {during.Unsent}; the generator shares the cores with what it loads");
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
