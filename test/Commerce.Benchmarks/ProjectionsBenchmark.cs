using Commerce.Benchmarks.ReadModels;
using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Benchmarks;

/// <summary>
/// Rebuilding read models from nothing out of a log in PostgreSQL, few events and many; then how far behind they are while events come
/// at a steady rate, and what each event costs then; and reading documents by their ids over HTTP.
/// </summary>
static class ProjectionsBenchmark
{
    static readonly IReadOnlyList<string> OrdersAlone = [ProjectionNames.Orders];

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        bench.Report.Setting($"orders of {OrderTrade.EventsEach} events and one line, {OrderTrade.UnderWay} under way at once; log and read models on one PostgreSQL; a fresh read database each round");
        foreach (var (events, rounds) in bench.Sizes.ProjectedEvents)
        {
            await using var log = await Open(bench, cancellationToken);
            var orders = events / OrderTrade.EventsEach;
            foreach (var appends in OrderTrade.Spread.Appends(0, orders))
            {
                await log.AppendInOrder(appends, cancellationToken);
            }

            await Measure(bench, log, orders, "order projection alone", OrdersAlone, rounds, cancellationToken);
            await Measure(bench, log, orders, "all read models", ProjectionNames.All, rounds, cancellationToken);
        }

        await LiveLag.Run(bench, cancellationToken);
        await DocumentReads.Run(bench, cancellationToken);
    }

    /// <summary>An empty log in a database of its own.</summary>
    internal static async Task<PostgresEventLog> Open(Bench bench, CancellationToken cancellationToken) => await PostgresEventLog.Open(
        new() { ConnectionString = await bench.Server.CreateDatabase(cancellationToken) }, TimeProvider.System, NullLogger<PostgresEventLog>.Instance, cancellationToken);

    static async Task Measure(Bench bench, IEventLog log, int orders, string what, IReadOnlyList<string> projections, int rounds, CancellationToken cancellationToken)
    {
        var peaks = new List<double>();
        async Task<Round> Rebuild()
        {
            await bench.Server.Settle(cancellationToken);
            PeakMemory.Reset();
            var (round, peak) = await RebuildOnce(bench, log, orders, projections, cancellationToken);
            peaks.Add(peak);
            return round;
        }

        var measured = await Round.InTurn(rounds, bench.Sizes.WarmUps, Rebuild);
        bench.Report.Add($"{what}, {orders * (long)OrderTrade.EventsEach:#,0} events", "event", measured[0]);
        bench.Report.Setting($"  at most {peaks.Skip(bench.Sizes.WarmUps).Max():0} MiB of memory in this process, of which {peaks.Skip(bench.Sizes.WarmUps).Min():0} in the best round");
    }

    static async Task<(Round Round, double PeakMib)> RebuildOnce(Bench bench, IEventLog log, int orders, IReadOnlyList<string> projections, CancellationToken cancellationToken)
    {
        var head = await log.Head(cancellationToken);
        var database = await bench.Server.CreateDatabase(cancellationToken);
        var before = ProcessorTime.Now(bench.Server.ProcessId, null);
        ReadSide? side = null;
        try
        {
            var round = await Round.Once(async () =>
            {
                side = await ReadSide.Start(database, log, projections, cancellationToken);
                await Task.WhenAll(projections.Select(p => side.Reached(p, head, cancellationToken)));
                return head.Value;
            });
            var processor = ProcessorTime.Now(bench.Server.ProcessId, null) - before;
            foreach (var table in projections.SelectMany(TablesOf))
            {
                await (side?.Check(table, orders, cancellationToken) ?? Task.CompletedTask);
            }

            return (round with { Processor = processor }, PeakMemory.Mib());
        }
        finally
        {
            await (side?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    // Each holds a row for every order, as its last event left it.
    static IEnumerable<string> TablesOf(string projection) => projection switch
    {
        ProjectionNames.Orders =>
        [
            $"{ReadSchemas.DocumentsDefault}.mt_doc_orderview WHERE status = 'Completed' AND data -> 'payment' -> 'captured' = data -> 'total'",
            $"{ReadSchemas.DocumentsDefault}.mt_doc_paymentview WHERE data -> 'captured' = data -> 'amount'",
        ],
        ProjectionNames.Sales => ["analytics.sales_lines WHERE status = 'sold'"],
        _ => [],
    };
}
