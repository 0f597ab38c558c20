using System.Diagnostics;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Domain.Log;
using Commerce.Projections;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Commerce.Benchmarks;

/// <summary>
/// Rebuilding every read model from nothing, all at once as the daemon does it. The log is in memory: what reading it from PostgreSQL
/// takes, the benchmark of the log says.
/// </summary>
static class ProjectionsBenchmark
{
    static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        var log = new InMemoryEventLog(TimeProvider.System);
        var trade = await PastOrders.Append(log, bench.Sizes.ProjectedEvents, bench.Sizes.Seed, cancellationToken);
        bench.Report.Setting($"{trade.Events} events of {trade.Orders} orders with {trade.Lines} lines of {trade.Skus} products; a fresh database each round, batches of the default size");

        var each = ProjectionNames.All.ToDictionary(p => p, _ => new List<Round>());
        var rounds = await Round.InTurn(bench.Sizes.Rounds, () => Rebuild(bench.Server, log, trade, each, cancellationToken));
        bench.Report.Add("all read models", "event", rounds[0]);
        foreach (var (projection, its) in each)
        {
            bench.Report.Add($"  of them {projection}, beside the others", "event", [.. its.Skip(1)]);
        }
    }

    static async Task<Round> Rebuild(ScratchServer server, IEventLog log, PastOrders trade, Dictionary<string, List<Round>> each, CancellationToken cancellationToken)
    {
        var database = await server.CreateDatabase(cancellationToken);
        await using var services = new ServiceCollection().AddLogging().AddSingleton(log)
            .AddCommerceProjections(new ProjectionOptions { ConnectionString = database }).AddCommerceProjectionDaemon().BuildServiceProvider();
        var daemon = services.GetRequiredService<IHostedService>();
        var round = await Round.Once(async () =>
        {
            var started = Stopwatch.GetTimestamp();
            await daemon.StartAsync(cancellationToken);
            var took = await Task.WhenAll(ProjectionNames.All.Select(async p =>
            {
                await Reached(services.GetRequiredService<ProjectionWaiter>(), new(trade.Events), p, cancellationToken);
                return (Projection: p, Took: Stopwatch.GetElapsedTime(started));
            }));
            foreach (var (projection, time) in took)
            {
                each[projection].Add(new(trade.Events, time, null));
            }

            return trade.Events;
        });
        await daemon.StopAsync(cancellationToken);
        await Check(database, $"SELECT count(*) FROM {PostgresDocumentStore.SchemaDefault}.mt_doc_orderview", trade.Orders, cancellationToken);
        await Check(database, $"SELECT count(*) FROM {PostgresDocumentStore.SchemaDefault}.mt_doc_stockview", trade.Skus, cancellationToken);
        await Check(database, "SELECT count(*) FROM analytics.sales_lines", trade.Lines, cancellationToken);
        return round;
    }

    static async Task Reached(ProjectionWaiter waiter, LogPosition head, string projection, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (await waiter.WaitFor(head, [projection], Timeout.InfiniteTimeSpan, cancellationToken) is WaitResult.Reached)
                {
                    return;
                }
            }
            catch (ReadModelUnavailableException)
            {
                // Its tables are not made yet.
                await Task.Delay(LookAgain, cancellationToken);
            }
        }
    }

    static async Task Check(string database, string sql, long expected, CancellationToken cancellationToken)
    {
        var actual = await ScratchServer.Ask<long>(database, sql, cancellationToken);
        if (actual != expected)
        {
            throw new BenchmarkFailedException($"{sql} gives {actual}, not {expected}.");
        }
    }
}
