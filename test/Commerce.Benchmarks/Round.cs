using System.Diagnostics;
using Commerce.Benchmarks.Load;

namespace Commerce.Benchmarks;

/// <summary>One round of something done over and over.</summary>
/// <param name="Units">Units done: events, orders, requests.</param>
/// <param name="Took">From the first begun to the last done.</param>
/// <param name="Latencies">How long each took; null where it was one long piece of work.</param>
sealed record Round(long Units, TimeSpan Took, Latencies? Latencies)
{
    /// <summary>Processor time that it took; null: not measured.</summary>
    public ProcessorTime? Processor { get; init; }

    /// <summary>Units in a second.</summary>
    public double PerSecond => Units / Took.TotalSeconds;

    /// <summary>So many workers act, each one thing after the other, until the time is over or so many things are begun.</summary>
    /// <param name="workers">Things under way at once.</param>
    /// <param name="duration">After this nothing is begun, but what a worker that a busy machine let begin late does first.</param>
    /// <param name="actionsMax">Things begun at most.</param>
    /// <param name="unitsEach">Units of one thing.</param>
    /// <param name="act">Does one thing for the worker of that number.</param>
    public static async Task<Round> Run(int workers, TimeSpan duration, long actionsMax, int unitsEach, Func<int, Task> act)
    {
        var begun = 0L;
        var started = Stopwatch.GetTimestamp();
        async Task<List<double>> Work(int worker)
        {
            var latencies = new List<double>();
            while ((latencies.Count == 0 || Stopwatch.GetElapsedTime(started) < duration) && Interlocked.Increment(ref begun) <= actionsMax)
            {
                var begins = Stopwatch.GetTimestamp();
                await act(worker);
                latencies.Add(Stopwatch.GetElapsedTime(begins).TotalMilliseconds);
            }

            return latencies;
        }

        var done = await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(() => Work(worker))));
        var took = Stopwatch.GetElapsedTime(started);
        double[] all = [.. done.SelectMany(l => l).Order()];
        return new(all.LongLength * unitsEach, took, Statistics.Summary(all));
    }

    /// <summary>The first phase of what a load generator did, each accepted request a unit.</summary>
    public static Round Of(LoadResult load) => Of(load.Phases[0]) with { Processor = load.Phases.Count == 1 ? load.Servers : null };

    /// <summary>A phase of what a load generator did, each accepted request a unit.</summary>
    public static Round Of(PhaseResult phase) => new(phase.Accepted, TimeSpan.FromSeconds(phase.Seconds), phase.AcceptedLatency);

    /// <summary>One long piece of work.</summary>
    public static async Task<Round> Once(Func<Task<long>> act)
    {
        var started = Stopwatch.GetTimestamp();
        var units = await act();
        return new(units, Stopwatch.GetElapsedTime(started), null);
    }

    /// <summary>Rounds of each candidate in turn, so that whatever else the machine does meets all of them; the first of each warm up and do not count.</summary>
    /// <param name="rounds">Rounds that count.</param>
    /// <param name="warmUps">Rounds that go before.</param>
    /// <param name="candidates">What does a round each.</param>
    public static async Task<IReadOnlyList<IReadOnlyList<Round>>> InTurn(int rounds, int warmUps, params Func<Task<Round>>[] candidates)
    {
        var counted = candidates.Select(_ => new List<Round>()).ToList();
        for (var n = 0; n < warmUps + rounds; n++)
        {
            for (var c = 0; c < candidates.Length; c++)
            {
                var round = await candidates[c]();
                if (round.Units == 0)
                {
                    throw new BenchmarkFailedException("A round did nothing.");
                }

                if (n >= warmUps)
                {
                    counted[c].Add(round);
                }
            }
        }

        return counted;
    }
}

/// <summary>The few statistics that are shown.</summary>
static class Statistics
{
    /// <summary>The middle one; of an even count the mean of the two.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>What is shown of latencies in milliseconds, shortest first; null: there are none.</summary>
    public static Latencies? Summary(double[] sorted) =>
        sorted.Length == 0 ? null : new(sorted.Length, Percentile(sorted, 50), Percentile(sorted, 99), Percentile(sorted, 99.9), sorted[^1]);

    // The smallest value that is not below so many of them (nearest rank).
    static double Percentile(double[] sorted, double percent) =>
        sorted[Math.Clamp((int)Math.Ceiling(percent / 100 * sorted.Length) - 1, 0, sorted.Length - 1)];
}
