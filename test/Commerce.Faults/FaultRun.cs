using System.Globalization;
using Commerce.Api.Sandbox;
using Commerce.Commands.EventLog;
using Commerce.Domain.Log;
using Commerce.Faults.Checks;
using Commerce.Faults.People;
using Commerce.Faults.Site;
using Commerce.Faults.Strikes;
using Commerce.Projections.Auditing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Faults;

/// <summary>The run cannot go on; its message is a sentence for a person.</summary>
sealed class FaultRunFailedException(string message) : Exception(message);

/// <summary>One run: customers come while things are struck; then the shop is left alone, has to settle, and is looked over.</summary>
sealed class FaultRun(Options options, Installation shop, TextWriter output) : IDisposable
{
    /// <summary>Open circuits close after 30 s, messages of a lost consumer come back, and nothing else takes longer.</summary>
    static readonly TimeSpan SettlingTimeMax = TimeSpan.FromMinutes(4);

    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    readonly Counter _counter = new(shop.Of("api").Select(n => n.Address));
    readonly DateTimeOffset _begun = DateTimeOffset.UtcNow;

    /// <summary>Plays it.</summary>
    public async Task<FaultReport> Play(CancellationToken cancellationToken)
    {
        var customers = new Customers(_counter, options.Seed);
        var striker = new Striker(shop, () => _counter.InFlight, struck => output.WriteLine($"  {struck}"));
        await using var reads = new ReadWatch(shop.Database.ConnectionString);
        await Shelf.Fill(_counter, customers.Note, cancellationToken);

        var loadBegun = DateTimeOffset.UtcNow;
        await Load(customers, striker, cancellationToken);
        await using var log = await EventLogs.Open(EventLogLocation.OfPostgres(shop.Database.ConnectionString), null, TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
        var open = (await Audit(log.Log, cancellationToken)).Orders.Open;
        var (audit, settled) = await Settle(log.Log, reads, cancellationToken);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {DateTimeOffset.UtcNow:HH:mm:ss} left alone, {(settled is null ? "it does not settle" : $"it settled after {settled:0.0} s")}"));

        var events = await Events(log.Log, cancellationToken);
        var failures = await Check(log.Log, events, customers, audit, cancellationToken);
        return new FaultReport
        {
            Seed = options.Seed,
            LoadSeconds = options.Load.TotalSeconds,
            Surroundings = await Surroundings(cancellationToken),
            Load = Figures(customers),
            Strikes = Aftermath.Of(striker.Struck, loadBegun, events, reads.Reached),
            OpenAtEnd = open,
            SettledAfterSeconds = settled,
            Audit = audit,
            Failures = failures,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _counter.Dispose();

    async Task Load(Customers customers, Striker striker, CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(failed.Token);
        over.CancelAfter(options.Load);
        Task[] tasks = [customers.Come(options.OrdersPerSecond, over.Token, failed.Token), striker.Run(Strike.Plan(options.Seed), over.Token, failed.Token)];
        var first = await Task.WhenAny(tasks);
        if (!first.IsCompletedSuccessfully)
        {
            await failed.CancelAsync();
        }

        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
        await Task.WhenAll(tasks);
    }

    async Task<(AuditReport Audit, double? SettledAfter)> Settle(IEventLog log, ReadWatch reads, CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var audit = await Audit(log, cancellationToken);
            var passed = TimeProvider.System.GetElapsedTime(since);
            if (audit.IsClean && reads.Position >= audit.Position && await IsAllAnswered(audit.Position, cancellationToken))
            {
                return (audit, passed.TotalSeconds);
            }

            if (passed > SettlingTimeMax)
            {
                return (audit, null);
            }

            await Task.Delay(LookEvery, cancellationToken);
        }
    }

    async Task<IReadOnlyList<Failure>> Check(IEventLog log, IReadOnlyList<RecordedEvent> events, Customers customers, AuditReport audit, CancellationToken cancellationToken)
    {
        var failures = new List<Failure>();
        failures.AddRange(customers.Broken.Select(b => new Failure("customer-let-down", b)));
        failures.AddRange(_counter.Defects.Select(d => new Failure("defect-answered", d)));
        failures.AddRange(audit.Offences.Select(o => new Failure("audit", o.ToString())));
        failures.AddRange(PromisesCheck.Of(events, customers.Promises));
        failures.AddRange(await ReadModelsCheck.Of(log, shop.Database.ConnectionString, await shop.Database.Database("rebuilt", cancellationToken), cancellationToken));
        failures.AddRange((await DatabaseServer.Rows(shop.Database.ConnectionString, DeadLetters, cancellationToken)).Select(l => new Failure("dead-letter", l)));
        failures.AddRange(shop.Processes.Where(p => p.EndedByItself is not null).Select(p => new Failure("process-ended", $"{p.Name} ended by itself with {p.EndedByItself}:\n{p.LastWords}")));

        // The books are the provider's: they are read when it is gone.
        shop.Sandbox.Kill();
        await shop.Sandbox.Gone(cancellationToken);
        using var books = new SandboxBooks(new SandboxOptions { BooksFile = shop.Books }, TimeProvider.System);
        failures.AddRange(BooksCheck.Of(events, books, _begun));
        return failures;
    }

    // An order whose payment ran out of time has ended, and the provider's answer to it may still come: money that goes back then.
    async Task<bool> IsAllAnswered(long position, CancellationToken cancellationToken)
    {
        var sql = string.Create(CultureInfo.InvariantCulture, $"""
            SELECT name FROM commerce.relay_checkpoints
            WHERE name = 'open-movements' AND position >= {position} AND NOT EXISTS (SELECT FROM commerce.open_movements)
            """);
        return (await DatabaseServer.Rows(shop.Database.ConnectionString, sql, cancellationToken)).Count > 0;
    }

    const string DeadLetters = "SELECT queue || ' ' || type || ' of ' || order_id || ': ' || split_part(reason, E'\\n', 1) FROM commerce.dead_letters ORDER BY position";

    static Task<AuditReport> Audit(IEventLog log, CancellationToken cancellationToken) => new Auditor(log).Run(new AuditOptions { RequireSettled = true }, progress: null, cancellationToken);

    static async Task<IReadOnlyList<RecordedEvent>> Events(IEventLog log, CancellationToken cancellationToken)
    {
        var events = new List<RecordedEvent>();
        await foreach (var recorded in log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, cancellationToken))
        {
            events.Add(recorded);
        }

        return events;
    }

    async Task<string> Surroundings(CancellationToken cancellationToken)
    {
        async Task<string> Setting(string name) => (await DatabaseServer.Rows(shop.Database.ConnectionString, $"SHOW {name}", cancellationToken))[0];
        var (version, fsync) = (await Setting("server_version"), await Setting("fsync"));
        return string.Create(CultureInfo.InvariantCulture, $"{shop.Nodes.Count} processes, sandbox, RabbitMQ, PostgreSQL {version} (fsync {fsync}) with log and read models, {Environment.ProcessorCount} processors");
    }

    LoadFigures Figures(Customers customers) => new(
        customers.Came,
        customers.TurnedAway,
        customers.Promises.OfType<Promise.Taken>().Distinct().Count(),
        customers.Promises.OfType<Promise.Cancelled>().Count(),
        customers.Promises.OfType<Promise.Shipped>().Count(),
        customers.Promises.OfType<Promise.Returned>().Count(),
        _counter.Sent,
        _counter.Lost,
        _counter.Away);
}
