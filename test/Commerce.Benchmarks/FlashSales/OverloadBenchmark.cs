using System.Globalization;
using Commerce.Benchmarks.Load;

namespace Commerce.Benchmarks.FlashSales;

/// <summary>Three times as many claims as can be taken, at a steady rate, then half as many: what is refused is refused quickly, memory does not grow, and afterwards all is as before.</summary>
static class OverloadBenchmark
{
    /// <summary>Far more than the gate lets in: those beyond it are refused.</summary>
    const int Connections = 3_000;

    const int MaximumConnections = 256;

    static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(1);

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await using var shop = await SaleShop.Start(bench.Server, cancellationToken);
        var sizes = bench.Sizes;
        async Task<LoadResult> Claim(int connections, params LoadPhase[] phases) =>
            await shop.Claim([await shop.Announce(sizes.SaleUnitsMost, cancellationToken)], connections, phases, endsSoldOut: false, cancellationToken);

        await Claim(MaximumConnections, new LoadPhase(sizes.ClaimsRound.TotalSeconds, null));
        var maximum = await Claim(MaximumConnections, new LoadPhase(sizes.ClaimsRound.TotalSeconds, null));
        var rate = maximum.Phases[0].PerSecond;
        bench.Report.Add($"maximum, {MaximumConnections} connections in a closed loop", "claim", [Round.Of(maximum)]);

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var memory = Watch(shop.ProcessId, over.Token);
        var result = await Claim(Connections, new(sizes.OverloadRound.TotalSeconds, 3 * rate), new(sizes.AfterOverloadRound.TotalSeconds, rate / 2));
        await over.CancelAsync();
        Tell(bench.Report, result, await memory, maximum);
    }

    static void Tell(Report report, LoadResult result, List<long> memoryMiB, LoadResult maximum)
    {
        var (during, after) = (result.Phases[0], result.Phases[1]);
        report.Add($"three times that for {during.Seconds:0} s, {Connections} connections: accepted", "claim", [Round.Of(during)], [Round.Of(maximum)]);
        report.Setting($"refused: {string.Join(", ", during.Refused.Select(r => $"{r.Value} {r.Key}"))}, answered within p50 {during.RefusedAnswer.P50Ms:0.0}, p99 {during.RefusedAnswer.P99Ms:0.0} ms; accepted within p50 {during.AcceptedAnswer.P50Ms:0.0}, p99 {during.AcceptedAnswer.P99Ms:0.0} ms of being sent");
        report.Setting($"not sent, since no connection was free: {during.Unsent}; the generator shares the cores with what it loads");
        report.Setting($"memory of the server, MiB: {memoryMiB.FirstOrDefault()} at its beginning, {memoryMiB.DefaultIfEmpty().Max()} at most, {memoryMiB.LastOrDefault()} in the end");
        report.Add("half of the maximum, right after it", "claim", [Round.Of(after)]);
        report.Setting($"p99 of each second of it, ms: {string.Join(' ', after.EachSecond.Select(s => s.P99Ms.ToString("0.0", CultureInfo.InvariantCulture)))}");
    }

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
