using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;

namespace Commerce.Benchmarks;

/// <summary>
/// The event log: appends of streams that nobody else writes, each at its expected revision, and catch-up reads. Beside it the least that the
/// same database can be asked to do with the same bytes: all that is in flight in as few statements as the log has appenders. Each
/// shape begins on a database that has written out what the last one left.
/// </summary>
static class LogBenchmark
{
    static readonly (int Events, int InFlight)[] Shapes = [(1, 1), (1, 16), (1, 128), (100, 16)];

    /// <summary>Events of one append that fills a log for reading.</summary>
    const int FillEvents = 1_000;

    /// <summary>Events that differ; what is appended goes round among them.</summary>
    const int SamplesCount = 10_000;

    static readonly DateTimeOffset Moment = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Runs it.</summary>
    public static async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        var database = await bench.Server.CreateDatabase(cancellationToken);
        var options = new PostgresEventLogOptions { ConnectionString = database };
        var engines = MeasuredLog.All(options);
        var samples = Samples();
        await using var bare = await BareTable.Create(database, samples, options.AppendersMax, cancellationToken);
        bench.Report.Setting($"{samples[0].Data.Length + samples[0].Metadata.Length} bytes of JSON an event; rounds of {bench.Sizes.LogRound.TotalSeconds} s or {bench.Sizes.LogRoundEventsMax} events");

        foreach (var (events, inFlight) in Shapes)
        {
            await bench.Server.Settle(cancellationToken);
            await Compare(
                bench,
                $"{events} event{(events == 1 ? "" : "s")} an append, {inFlight} in flight",
                ("bare INSERT", () => bare.Insert(events, inFlight, bench.Sizes, cancellationToken)),
                [.. engines.Select(e => (e.Name, (Func<Task<Round>>)(() => Append(e, samples, events, inFlight, bench.Sizes, cancellationToken))))]);
        }

        var count = (int)Math.Min(bench.Sizes.LogReadEventsMax, await bare.Count(cancellationToken));
        await Compare(
            bench,
            $"catch-up read of {count} events",
            ("bare SELECT", () => bare.Read(count, cancellationToken)),
            [.. engines.Select(e => (e.Name, (Func<Task<Round>>)(() => Read(e, samples, count, cancellationToken))))]);
    }

    static async Task Compare(Bench bench, string what, (string Name, Func<Task<Round>> Run) bare, (string Name, Func<Task<Round>> Run)[] engines)
    {
        var rounds = await Round.InTurn(bench.Sizes.Rounds, bench.Sizes.WarmUps, [bare.Run, .. engines.Select(e => e.Run)]);
        bench.Report.Add($"{what}: {bare.Name}", "event", rounds[0]);
        for (var n = 0; n < engines.Length; n++)
        {
            bench.Report.Add($"{what}: {engines[n].Name}", "event", rounds[n + 1], rounds[0]);
        }
    }

    static async Task<Round> Append(MeasuredLog engine, NewEvent[] samples, int events, int inFlight, Sizes sizes, CancellationToken cancellationToken)
    {
        await using var open = await engine.Open(cancellationToken);
        var log = open.Log;
        var streams = Enumerable.Range(0, inFlight).Select(_ => StreamName.For("bench", Guid.NewGuid().ToString())).ToArray();
        var revisions = Enumerable.Repeat(-1L, inFlight).ToArray();
        var round = await Round.Run(inFlight, sizes.LogRound, Math.Max(1, sizes.LogRoundEventsMax / events), events, async worker =>
        {
            var result = await log.Append(streams[worker], ExpectedRevision.Exact(revisions[worker]), Fresh(samples, events), cancellationToken);
            revisions[worker] = result is AppendResult.Appended { Revision: var revision } && revision == revisions[worker] + events
                ? revision
                : throw new BenchmarkFailedException($"An append after revision {revisions[worker]} answered {result}.");
        });
        var appended = 0L;
        foreach (var stream in streams)
        {
            await foreach (var last in log.ReadStream(stream, ReadDirection.Backwards, long.MaxValue, 1, cancellationToken))
            {
                appended += last.Revision + 1;
            }
        }

        return appended == round.Units ? round : throw new BenchmarkFailedException($"{round.Units} events were accepted, the streams hold {appended}.");
    }

    static async Task<Round> Read(MeasuredLog engine, NewEvent[] samples, int count, CancellationToken cancellationToken)
    {
        await using var open = await engine.Open(cancellationToken);
        var from = await open.Log.Head(cancellationToken);
        var stream = StreamName.For("bench", Guid.NewGuid().ToString());
        for (var left = count; left > 0; left -= FillEvents)
        {
            await open.Log.Append(stream, ExpectedRevision.Any, Fresh(samples, Math.Min(left, FillEvents)), cancellationToken);
        }

        return await Round.Once(async () =>
        {
            var (read, last) = (0, from);
            await foreach (var e in open.Log.ReadAll(from, StreamFilter.All, count, cancellationToken))
            {
                last = e.Position > last ? e.Position : throw new BenchmarkFailedException($"After position {last} came {e.Position}.");
                read++;
            }

            return read == count ? count : throw new BenchmarkFailedException($"{read} of {count} events were read.");
        });
    }

    static NewEvent[] Fresh(NewEvent[] samples, int events)
    {
        var fresh = new NewEvent[events];
        var first = Random.Shared.Next(samples.Length);
        for (var n = 0; n < events; n++)
        {
            fresh[n] = samples[(first + n) % samples.Length] with { Id = Guid.NewGuid() };
        }

        return fresh;
    }

    // No two alike: what repeats itself from event to event is what repeats itself in a shop's log.
    static NewEvent[] Samples() => [.. Enumerable.Range(0, SamplesCount).Select(n =>
    {
        var order = new OrderId(Guid.NewGuid());
        var reserved = new StockEvent.Reserved(order, 1 + (n % 9), Moment.AddDays(1).AddMilliseconds(n));
        var metadata = new EventMetadata
        {
            OccurredAt = Moment.AddMilliseconds(n),
            CorrelationId = Guid.NewGuid().ToString(),
            CausationId = Guid.NewGuid().ToString(),
            TraceParent = $"00-{Guid.NewGuid():N}-{Guid.NewGuid().ToString("N")[16..]}-01",
            CommandId = order.ToString(),
            Actor = "saga",
        };
        return new NewEvent(Guid.Empty, EventCatalog.NameOf(reserved), EventCatalog.ToJson(reserved), metadata.ToJson());
    })];
}
