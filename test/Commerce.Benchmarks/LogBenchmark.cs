using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Benchmarks;

/// <summary>
/// The event log: appends of streams that nobody else writes, each at its expected revision, and catch-up reads. Beside it the least that the
/// same database can be asked to do with the same bytes: all that is in flight in as few statements as the log has appenders.
/// </summary>
static class LogBenchmark
{
    static readonly (int Events, int InFlight)[] Shapes = [(1, 1), (1, 16), (1, 128), (100, 16)];

    static readonly DateTimeOffset Moment = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        var database = await bench.Server.CreateDatabase(cancellationToken);
        var options = new PostgresEventLogOptions { ConnectionString = database };
        await using var log = await PostgresEventLog.Open(options, TimeProvider.System, NullLogger<PostgresEventLog>.Instance, cancellationToken);
        var sample = Sample();
        await using var bare = await BareTable.Create(database, sample, options.AppendersMax, cancellationToken);
        bench.Report.Setting($"{sample.Data.Length + sample.Metadata.Length} bytes of JSON an event; rounds of {bench.Sizes.LogRound.TotalSeconds} s or {bench.Sizes.LogRoundEventsMax} events");

        foreach (var (events, inFlight) in Shapes)
        {
            var what = $"{events} event{(events == 1 ? "" : "s")} an append, {inFlight} in flight";
            var rounds = await Round.InTurn(
                bench.Sizes.Rounds,
                () => bare.Insert(events, inFlight, bench.Sizes, cancellationToken),
                () => Append(log, sample, events, inFlight, bench.Sizes, cancellationToken),
                () => Append(new InMemoryEventLog(TimeProvider.System), sample, events, inFlight, bench.Sizes, cancellationToken));
            bench.Report.Add($"{what}: bare INSERT", "event", rounds[0]);
            bench.Report.Add($"{what}: PostgreSQL engine", "event", rounds[1], rounds[0]);
            bench.Report.Add($"{what}: in-memory engine", "event", rounds[2]);
        }

        await Read(bench, log, bare, sample, cancellationToken);
    }

    static async Task<Round> Append(IEventLog log, NewEvent sample, int events, int inFlight, Sizes sizes, CancellationToken cancellationToken)
    {
        var before = await log.Head(cancellationToken);
        var streams = Enumerable.Range(0, inFlight).Select(_ => StreamName.For("bench", Guid.NewGuid().ToString())).ToArray();
        var revisions = Enumerable.Repeat(-1L, inFlight).ToArray();
        var round = await Round.Run(inFlight, sizes.LogRound, Math.Max(1, sizes.LogRoundEventsMax / events), events, async worker =>
        {
            var news = new NewEvent[events];
            for (var n = 0; n < events; n++)
            {
                news[n] = sample with { Id = Guid.NewGuid() };
            }

            var result = await log.Append(streams[worker], ExpectedRevision.Exact(revisions[worker]), news, cancellationToken);
            revisions[worker] = result is AppendResult.Appended { Revision: var revision } && revision == revisions[worker] + events
                ? revision
                : throw new BenchmarkFailedException($"An append after revision {revisions[worker]} answered {result}.");
        });
        var appended = (await log.Head(cancellationToken)).Value - before.Value;
        return appended == round.Units ? round : throw new BenchmarkFailedException($"{round.Units} events were accepted, the log grew by {appended}.");
    }

    static async Task Read(Bench bench, PostgresEventLog log, BareTable bare, NewEvent sample, CancellationToken cancellationToken)
    {
        var count = (int)Math.Min(Math.Min((await log.Head(cancellationToken)).Value, await bare.Count(cancellationToken)), bench.Sizes.LogReadEventsMax);
        var memory = new InMemoryEventLog(TimeProvider.System);
        var events = Enumerable.Range(0, count).Select(_ => sample with { Id = Guid.NewGuid() });
        foreach (var chunk in events.Chunk(1_000))
        {
            await memory.Append(StreamName.For("bench", "1"), ExpectedRevision.Any, chunk, cancellationToken);
        }

        var rounds = await Round.InTurn(
            bench.Sizes.Rounds, () => bare.Read(count, cancellationToken), () => ReadAll(log, count, cancellationToken), () => ReadAll(memory, count, cancellationToken));
        bench.Report.Add($"catch-up read of {count} events: bare SELECT", "event", rounds[0]);
        bench.Report.Add($"catch-up read of {count} events: PostgreSQL engine", "event", rounds[1], rounds[0]);
        bench.Report.Add($"catch-up read of {count} events: in-memory engine", "event", rounds[2]);
    }

    static Task<Round> ReadAll(IEventLog log, int count, CancellationToken cancellationToken) => Round.Once(async () =>
    {
        var last = LogPosition.Start;
        await foreach (var e in log.ReadAll(LogPosition.Start, StreamFilter.All, count, cancellationToken))
        {
            last = e.Position.Value == last.Value + 1 ? e.Position : throw new BenchmarkFailedException($"After position {last} came {e.Position}.");
        }

        return last.Value == count ? count : throw new BenchmarkFailedException($"{last} of {count} events were read.");
    });

    static NewEvent Sample()
    {
        var order = new OrderId(new Guid(1, 2, 3, new byte[8]));
        var reserved = new StockEvent.Reserved(order, 3, Moment.AddDays(1));
        var metadata = new EventMetadata
        {
            OccurredAt = Moment,
            CorrelationId = order.ToString(),
            CausationId = order.ToString(),
            TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            CommandId = order.ToString(),
            Actor = "saga",
        };
        return new(Guid.Empty, EventCatalog.NameOf(reserved), EventCatalog.ToJson(reserved), metadata.ToJson());
    }
}
