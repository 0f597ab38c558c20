using Commerce.Commands.EventLog.Postgres;
using Commerce.Commands.Sealing;
using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Projections.Auditing.Sealing;

namespace Commerce.Benchmarks;

/// <summary>Verifying a log against its seals, beside a catch-up read of the same events, by engine; and sealing it, once.</summary>
static class SealBenchmark
{
    /// <summary>Events of a stream, as an order has them.</summary>
    const int EventsOfAStream = 10;

    /// <summary>Appends under way while the log is filled, so that they share the disk's time.</summary>
    const int AppendsAtOnce = 64;

    static readonly DateTimeOffset Moment = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        var count = bench.Sizes.SealedEvents;
        bench.Report.Setting($"{count} events of streams of {EventsOfAStream}");
        foreach (var engine in MeasuredLog.All(new PostgresEventLogOptions { ConnectionString = await bench.Server.CreateDatabase(cancellationToken) }))
        {
            await using var open = await engine.Open(cancellationToken);
            await Fill(open.Log, count, cancellationToken);
            bench.Report.Add($"sealing: {engine.Name}", "event", [await Round.Once(async () => (await new Sealer(open.Log, null, TimeProvider.System).SealAll(cancellationToken)).Sum(s => s.Count))]);
            var rounds = await Round.InTurn(bench.Sizes.Rounds, bench.Sizes.WarmUps, () => WithProcessor(bench, () => Read(open.Log, count, cancellationToken)), () => WithProcessor(bench, () => Verify(open.Log, count, cancellationToken)));
            bench.Report.Add($"catch-up read: {engine.Name}", "event", rounds[0]);
            bench.Report.Add($"verifying: {engine.Name}", "event", rounds[1], rounds[0]);
        }
    }

    static async Task<Round> WithProcessor(Bench bench, Func<Task<Round>> round)
    {
        var before = ProcessorTime.Now(bench.Server.ProcessId, null);
        return await round() with { Processor = ProcessorTime.Now(bench.Server.ProcessId, null) - before };
    }

    static Task<Round> Read(IEventLog log, int count, CancellationToken cancellationToken) => Round.Once(async () =>
    {
        var read = 0L;
        await foreach (var e in log.ReadAll(LogPosition.Start, StreamFilter.Categories("bench"), count, cancellationToken))
        {
            read++;
        }

        return read;
    });

    static Task<Round> Verify(IEventLog log, int count, CancellationToken cancellationToken) => Round.Once(async () =>
    {
        var report = await new SealVerifier(log).Run(new(), null, cancellationToken);
        return report.IsClean && report.Events == count ? report.Events : throw new BenchmarkFailedException($"{report.Events} of {count} events were verified, {report.FindingsTotal} were found changed.");
    });

    static Task Fill(IEventLog log, int count, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        Enumerable.Range(0, (count + EventsOfAStream - 1) / EventsOfAStream),
        new ParallelOptions { MaxDegreeOfParallelism = AppendsAtOnce, CancellationToken = cancellationToken },
        async (n, ct) => await log.Append(
            StreamName.For("bench", Guid.NewGuid().ToString()),
            ExpectedRevision.None,
            [.. Enumerable.Range(n * EventsOfAStream, Math.Min(EventsOfAStream, count - (n * EventsOfAStream))).Select(Event)],
            ct));

    static NewEvent Event(int n)
    {
        var reserved = new StockEvent.Reserved(new OrderId(Guid.NewGuid()), 1 + (n % 9), Moment.AddDays(1).AddMilliseconds(n));
        var metadata = new EventMetadata { OccurredAt = Moment.AddMilliseconds(n), CorrelationId = Guid.NewGuid().ToString(), CommandId = Guid.NewGuid().ToString(), Actor = "saga" };
        return new NewEvent(Guid.NewGuid(), EventCatalog.NameOf(reserved), EventCatalog.ToJson(reserved), metadata.ToJson());
    }
}
