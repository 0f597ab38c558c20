using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Commerce.Api.Sandbox;
using Commerce.Commands.EventLog;
using Commerce.Domain.Log;
using Commerce.Faults.Checks;
using Commerce.Faults.People;
using Commerce.Faults.Site;
using Commerce.Projections.Auditing;
using Commerce.Projections.Daemon;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Api.Tests.Faults;

/// <summary>Two processes with all roles on one PostgreSQL and one RabbitMQ, and a payment provider apart. The first one leads everything.</summary>
sealed class TwoNodes : IAsyncDisposable
{
    /// <summary>How long a payment is waited for. The provider takes longer than that, so every order becomes late.</summary>
    public static readonly TimeSpan TimeToPay = TimeSpan.FromSeconds(2);

    static readonly SandboxBehaviour Slow = new(DelayMs: 4_000);

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    readonly DateTimeOffset _begun = DateTimeOffset.UtcNow;
    readonly TestDatabase _database;
    readonly ServingProcess _sandbox;
    readonly string _folder;

    TwoNodes(TestDatabase database, Uri broker)
    {
        (_database, _folder) = (database, Directory.CreateTempSubdirectory("commerce-nodes-").FullName);
        _sandbox = ServingProcess.Sandbox("sandbox", Path.Combine(_folder, "books.jsonl"));
        (First, Second) = (Node("first"), Node("second"));
        Counter = new([First.Address, Second.Address]);
        Customers = new(Counter, seed: 1);

        ServingProcess Node(string name) => ServingProcess.Serve(name, ["--postgres", database.ConnectionString, "--bus", broker.ToString(), "--data", _folder], new Dictionary<string, string>
        {
            ["Commerce__Payments__Provider"] = _sandbox.Address.ToString(),
            ["Commerce__TimeToPay"] = TimeToPay.ToString(),
            ["Commerce__Locations"] = string.Join(',', Shelf.Locations),
        });
    }

    /// <summary>What one of many processes does alone.</summary>
    public static IReadOnlyList<string> Leads { get; } = ["deadlines", "payment-scan", "relay", "webhooks", .. ProjectionNames.All.Select(p => $"projection:{p}")];

    public ServingProcess First { get; }

    public ServingProcess Second { get; }

    public Counter Counter { get; }

    public Customers Customers { get; }

    /// <summary>Starts both, the second when the first leads everything, and fills the shelf.</summary>
    public static async Task<TwoNodes> Open(CancellationToken ct)
    {
        var nodes = new TwoNodes(await PostgresForTests.CreateDatabase(ct), (await RabbitMqForTests.Server(ct)).NewVirtualHost());
        try
        {
            await nodes._sandbox.Start(ct);
            await nodes.First.Start(ct);
            await Until(() => LeadsAll(nodes.First, ct), Patience, "the first leads everything", ct);
            await nodes.Second.Start(ct);
            await Shelf.Fill(nodes.Counter, nodes.Customers.Note, ct);
            return nodes;
        }
        catch
        {
            // Nobody else could end what runs already.
            await nodes.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether a process leads everything.</summary>
    public static async Task<bool> LeadsAll(ServingProcess node, CancellationToken ct) =>
        (await Task.WhenAll(Leads.Select(what => Installation.Leads(node, what, ct)))).All(l => l);

    /// <summary>From now on the provider answers later than anybody waits, or at once again.</summary>
    public async Task SlowProvider(bool isSlow, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = _sandbox.Address };
        using var answer = await http.PutAsJsonAsync("v1/behaviour", isSlow ? Slow : new SandboxBehaviour(), ct);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Orders one thing at a process; returns its id.</summary>
    public static async Task<Guid> Order(ServingProcess at, string key, CancellationToken ct)
    {
        using var counter = new Counter([at.Address]);
        var body = new JsonObject { ["currency"] = "GBP", ["lines"] = new JsonArray(new JsonObject { ["sku"] = Shelf.Plenty[0], ["quantity"] = 1 }) };
        var reply = await counter.Insist(HttpMethod.Post, "/orders", body, key, new Random(0), ct);
        return Guid.Parse(reply?.Text("orderId") ?? throw new AssertionException($"{key}: {reply}"));
    }

    /// <summary>What a process says of an order.</summary>
    public static async Task<string?> StatusOf(ServingProcess at, Guid order, CancellationToken ct)
    {
        using var counter = new Counter([at.Address]);
        var reply = await counter.Insist(HttpMethod.Get, $"/orders/{order}", null, null, new Random(0), ct);
        return $"{reply?.Text("status")} {reply?.Text("rejectReason")}".Trim();
    }

    /// <summary>Waits until it is so.</summary>
    /// <returns>How long that took.</returns>
    public static async Task<TimeSpan> Until(Func<Task<bool>> isSo, TimeSpan patience, string what, CancellationToken ct)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            if (TimeProvider.System.GetElapsedTime(since) > patience)
            {
                throw new AssertionException($"It is not so within {patience.TotalSeconds} s that {what}.");
            }

            await Task.Delay(Pause, ct);
        }

        return TimeProvider.System.GetElapsedTime(since);
    }

    /// <summary>What offends when everything has settled: in the log, in the provider's books, in the read models; and what customers were told and is not so.</summary>
    public async Task<IReadOnlyList<string>> Offences(CancellationToken ct)
    {
        await using var log = await EventLogs.Open(EventLogLocation.OfPostgres(_database.ConnectionString), null, TimeProvider.System, NullLoggerFactory.Instance, ct);
        AuditReport? audit = null;
        var events = new List<RecordedEvent>();

        // A payment that the provider made late is settled in the log before it is heard of once more, and let go.
        await Until(
            async () =>
            {
                audit = await new Auditor(log.Log).Run(new AuditOptions { RequireSettled = true }, progress: null, ct);
                events = await EventsOf(log.Log, ct);
                using var soFar = Books(isReadOnly: true);
                return audit.IsClean && !BooksCheck.Of(events, soFar, _begun).Any();
            },
            Patience,
            $"the audit is clean and the provider's books agree: {(audit is { Offences: [var first, ..] } ? first : null)}",
            ct);

        _sandbox.Kill();
        await _sandbox.Gone(ct);
        using var books = Books(isReadOnly: false);
        await using var rebuilt = await PostgresForTests.CreateDatabase(ct);
        return
        [
            .. Customers.Broken,
            .. Counter.Defects,
            .. PromisesCheck.Of(events, Customers.Promises).Select(f => f.ToString()),
            .. BooksCheck.Of(events, books, _begun).Select(f => f.ToString()),
            .. (await ReadModelsCheck.Of(log.Log, _database.ConnectionString, rebuilt.ConnectionString, ct)).Select(f => f.ToString()),
        ];
    }

    static async Task<List<RecordedEvent>> EventsOf(IEventLog log, CancellationToken ct)
    {
        var events = new List<RecordedEvent>();
        await foreach (var recorded in log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, ct))
        {
            events.Add(recorded);
        }

        return events;
    }

    SandboxBooks Books(bool isReadOnly) => new(new SandboxOptions { BooksFile = Path.Combine(_folder, "books.jsonl"), IsReadOnly = isReadOnly }, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        Counter.Dispose();
        foreach (var process in new[] { First, Second, _sandbox })
        {
            await process.DisposeAsync();
        }

        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
