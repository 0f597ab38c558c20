using System.Diagnostics;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon;

namespace Commerce.Benchmarks.ReadModels;

/// <summary>How far read models are behind while events come at a steady rate, and what each event costs beside appending it.</summary>
static class LiveLag
{
    static readonly TimeSpan AppendEvery = TimeSpan.FromMilliseconds(10);

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        var sizes = bench.Sizes;
        bench.Report.Setting($"{sizes.LiveEventsPerSecond} events/s for {sizes.LiveRound.TotalSeconds:0} s: from the answer of the log to the position being there for every reader");
        var without = await Round.InTurn(sizes.Rounds, sizes.WarmUps, () => Once(bench, [], cancellationToken));
        bench.Report.Add("appends alone", "event", without[0]);
        var with = await Round.InTurn(sizes.Rounds, sizes.WarmUps, () => Once(bench, ProjectionNames.All, cancellationToken));
        bench.Report.Add("with all read models, lag", "event", with[0]);
    }

    static async Task<Round> Once(Bench bench, IReadOnlyList<string> projections, CancellationToken cancellationToken)
    {
        await using var log = await ProjectionsBenchmark.Open(bench, cancellationToken);
        await using var side = await ReadSide.Start(await bench.Server.CreateDatabase(cancellationToken), log, projections, cancellationToken);
        var events = (int)(bench.Sizes.LiveEventsPerSecond * bench.Sizes.LiveRound.TotalSeconds);
        var appends = OrderTrade.Spread.Appends(0, events / OrderTrade.EventsEach).SelectMany(a => a).ToList();
        await Task.WhenAll(projections.Select(p => side.Reached(p, LogPosition.Start, cancellationToken)));

        var before = ProcessorTime.Now(bench.Server.ProcessId, null);
        var waits = new List<Task<double>>();
        var started = Stopwatch.GetTimestamp();
        foreach (var some in appends.Chunk(Math.Max(1, (int)(bench.Sizes.LiveEventsPerSecond * AppendEvery.TotalSeconds))))
        {
            var due = AppendEvery * waits.Count - Stopwatch.GetElapsedTime(started);
            await Task.Delay(due > TimeSpan.Zero ? due : TimeSpan.Zero, cancellationToken);
            var results = await log.AppendInOrder(some, cancellationToken);
            waits.Add(Lag(side, projections, results, cancellationToken));
        }

        double[] lags = [.. (await Task.WhenAll(waits)).Order()];
        var took = Stopwatch.GetElapsedTime(started);
        return new(events, took, Statistics.Summary(lags)) { Processor = ProcessorTime.Now(bench.Server.ProcessId, null) - before };
    }

    static async Task<double> Lag(ReadSide side, IReadOnlyList<string> projections, IReadOnlyList<AppendResult> results, CancellationToken cancellationToken)
    {
        var answered = Stopwatch.GetTimestamp();
        var position = results[^1] is AppendResult.Appended appended ? appended.Position : throw new BenchmarkFailedException("The log took no events.");
        await Task.WhenAll(projections.Select(p => side.Reached(p, position, cancellationToken)));
        return Stopwatch.GetElapsedTime(answered).TotalMilliseconds;
    }
}
