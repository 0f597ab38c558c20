using System.Runtime.CompilerServices;
using Commerce.Domain.Log;
using Commerce.Projections.Analytics;
using Commerce.Projections.Daemon;
using Commerce.Projections.Daemon.Building;
using Commerce.Projections.Daemon.Feeding;
using Commerce.Projections.Documents;
using Commerce.Projections.Tests.Documents;
using Commerce.Testing.Logs;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Projections.Tests;

/// <summary>A log and a fresh read database, with as many daemons as a test wants.</summary>
sealed class ReadModelWorld : IAsyncDisposable
{
    /// <summary>Far longer than anything here takes: only a defect reaches it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static readonly IReadOnlySet<LogPosition> NothingSkipped = new HashSet<LogPosition>();

    static readonly DateTimeOffset Beginning = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    readonly TestDatabase _database;
    readonly LogForTests _log;

    ReadModelWorld(TestDatabase database, LogForTests log, DocumentEngine documents)
    {
        (_database, _log) = (database, log);
        Database = new ReadDatabase(NpgsqlDataSource.Create(database.ConnectionString));
        Store = documents.Open(Database, database.ConnectionString);
        Checkpoints = new CheckpointStore(Database, ReadSchemas.Live(), Analytics);
    }

    public IEventLog Log => _log.Log;

    public ReadDatabase Database { get; }

    public string ConnectionString => _database.ConnectionString;

    public IDocumentStore Store { get; }

    public CheckpointStore Checkpoints { get; }

    public AnalyticsSchema Analytics { get; } = new(ReadSchemas.DocumentsDefault, NullLogger.Instance);

    /// <summary>Builds beside what people read, in batches of a size.</summary>
    public ProjectionBuilder Builder(int batchEventsMax = 5_000) => new(
        Projections, Log, Database, new ProjectionOptions { ConnectionString = "unused", BatchEventsMax = batchEventsMax }, TimeProvider.System);

    public IReadOnlyList<IProjection> Projections => CommerceProjections.All(Database, ReadSchemas.Live());

    public static async Task<ReadModelWorld> Create(LogEngine engine = LogEngine.InMemory, DocumentEngine? documents = null) =>
        new(await PostgresForTests.CreateDatabase(), await LogForTests.Open(engine), documents ?? DocumentEngine.OfThisBuild);

    /// <summary>Appends events to a stream, a minute apart from each other.</summary>
    public async Task<LogPosition> Append(StreamName stream, params object[] events) => await Append(stream, Beginning, events);

    public async Task<LogPosition> Append(StreamName stream, DateTimeOffset at, params object[] events)
    {
        var news = events.Select((e, n) => new NewEvent(
            Guid.NewGuid(), EventCatalog.NameOf(e), EventCatalog.ToJson(e), new EventMetadata { OccurredAt = at.AddMinutes(n) }.ToJson())).ToList();
        return PositionOf(await Log.Append(stream, ExpectedRevision.Any, news, CancellationToken.None));
    }

    public async Task<LogPosition> AppendRaw(StreamName stream, string type, byte[] data) => PositionOf(
        await Log.Append(stream, ExpectedRevision.Any, [new NewEvent(Guid.NewGuid(), type, data, new EventMetadata { OccurredAt = Beginning }.ToJson())], CancellationToken.None));

    /// <summary>Applies the whole log without a daemon, in batches of a size.</summary>
    public async Task Project(int batchEvents = int.MaxValue)
    {
        foreach (var projection in Projections)
        {
            var position = await Prepare(projection);
            var projector = new BatchProjector(projection, Store, NothingSkipped);
            var events = await Events(position, projection.Filter);
            foreach (var batch in events.Chunk(Math.Min(batchEvents, Math.Max(1, events.Count))))
            {
                position = await projector.Apply(Logged(batch), position, batch[^1].Position, CancellationToken.None);
            }
        }
    }

    /// <summary>Where a projection goes on that has rows of its version, or none.</summary>
    public async Task<LogPosition> Prepare(IProjection projection) =>
        await Checkpoints.Prepare(projection, LogPosition.Start, request: -1, fillsInPlace: true, CancellationToken.None) ?? throw new AssertionException("It is to be rebuilt.");

    /// <summary>Events as projectors take them.</summary>
    public static List<LoggedEvent> Logged(IEnumerable<RecordedEvent> events) => [.. events.Select(e => new LoggedEvent(e))];

    public async Task<List<RecordedEvent>> Events(LogPosition after, StreamFilter filter)
    {
        var events = new List<RecordedEvent>();
        await foreach (var e in Log.ReadAll(after, filter, int.MaxValue, CancellationToken.None))
        {
            events.Add(e);
        }

        return events;
    }

    public RunningDaemon Start(int batchEventsMax = 5_000, IReadOnlyList<IProjection>? projections = null, long filledInPlaceMax = long.MaxValue, TimeSpan? batchInterval = null,
        TimeSpan? idleSaveDelay = null) =>
        new(this, batchEventsMax, projections ?? Projections, filledInPlaceMax, batchInterval, idleSaveDelay);

    /// <summary>Every projection under its next version.</summary>
    public IReadOnlyList<IProjection> NextProjections => [.. Projections.Select(p => new NextVersion(p))];

    public Task<int> Execute(string sql) => Database.Use(
        async connection =>
        {
            await using var command = new NpgsqlCommand(sql, connection);
            return await command.ExecuteNonQueryAsync();
        },
        CancellationToken.None);

    /// <summary>The rows of a query, each as text with its columns separated by bars.</summary>
    public Task<List<string>> Rows(string sql) => Database.Use(
        async connection =>
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await using var reader = await command.ExecuteReaderAsync();
            var rows = new List<string>();
            while (await reader.ReadAsync())
            {
                var columns = new object[reader.FieldCount];
                reader.GetValues(columns);
                rows.Add(string.Join('|', columns.Select(c => c is IFormattable f ? f.ToString(null, System.Globalization.CultureInfo.InvariantCulture) : c.ToString())));
            }

            return rows;
        },
        CancellationToken.None);

    /// <summary>Everything that readers can see, to compare two ways of making it; without what differs by design: versions and times of writing.</summary>
    public Task<List<string>> Everything() => Everything(ReadSchemas.Live());

    /// <summary>The same of a set of read models in other schemas.</summary>
    public async Task<List<string>> Everything(ReadSchemas schemas) =>
    [
        .. await Rows($"SELECT data::text FROM {schemas.Documents}.mt_doc_orderview ORDER BY id"),
        .. await Rows($"SELECT data::text FROM {schemas.Documents}.mt_doc_paymentview ORDER BY id"),
        .. await Rows($"SELECT data::text FROM {schemas.Documents}.mt_doc_productview ORDER BY id"),
        .. await Rows($"SELECT data::text FROM {schemas.Documents}.mt_doc_stockview ORDER BY id"),
        .. await Rows($"SELECT s::text FROM {schemas.Facts}.sales_lines AS s ORDER BY position, line"),
        .. await Rows($"SELECT s::text FROM {schemas.Facts}.stock_movements AS s ORDER BY sku, location, day"),
        .. await Rows($"SELECT p::text FROM {schemas.Facts}.payment_ledger AS p ORDER BY position"),
    ];

    public async ValueTask DisposeAsync()
    {
        (Store as IDisposable)?.Dispose();
        await Database.DisposeAsync();
        await _database.DisposeAsync();
        await _log.DisposeAsync();
    }

    static LogPosition PositionOf(AppendResult result) =>
        result is AppendResult.Appended { Position: var position } ? position : throw new InvalidOperationException(result.ToString());
}

/// <summary>A daemon of one node.</summary>
sealed class RunningDaemon : IAsyncDisposable
{
    readonly ReadModelWorld _world;
    readonly ProjectionDaemon _daemon;

    public RunningDaemon(ReadModelWorld world, int batchEventsMax, IReadOnlyList<IProjection> projections, long filledInPlaceMax, TimeSpan? batchInterval = null, TimeSpan? idleSaveDelay = null)
    {
        _world = world;
        var options = new ProjectionOptions
        {
            ConnectionString = "unused",
            BatchEventsMax = batchEventsMax,
            FilledInPlaceMax = filledInPlaceMax,
            BatchInterval = batchInterval ?? TimeSpan.FromMilliseconds(20),
            IdleSaveDelay = idleSaveDelay ?? TimeSpan.FromMilliseconds(100),
            LeaderPollInterval = TimeSpan.FromMilliseconds(5),
            DecisionPollInterval = TimeSpan.FromMilliseconds(5),
            RetryPauseMin = TimeSpan.FromMilliseconds(1),
            RetryPauseMax = TimeSpan.FromMilliseconds(10),
        };
        Waiter = new ProjectionWaiter(world.Checkpoints, Signals, TimeProvider.System);
        Status = new ProjectionStatusReader(projections, world.Log, world.Checkpoints, Signals, TimeProvider.System);
        _daemon = new ProjectionDaemon(
            projections, world.Log, world.Store, world.Database, world.Checkpoints, world.Analytics, Signals, options, TimeProvider.System, NullLogger<ProjectionDaemon>.Instance);
        _daemon.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    public ProjectionSignals Signals { get; } = new();

    public ProjectionWaiter Waiter { get; }

    public ProjectionStatusReader Status { get; }

    /// <summary>Ends when every loop has.</summary>
    public Task Ended => _daemon.ExecuteTask ?? Task.CompletedTask;

    /// <summary>Waits until these projections hold the whole log.</summary>
    public async Task CaughtUp(params string[] projections)
    {
        var head = await _world.Log.Head(CancellationToken.None);
        var names = projections.Length == 0 ? ProjectionNames.All : projections;
        await Eventually(async () => await Waiter.WaitFor(head, names, ReadModelWorld.Patience, CancellationToken.None) is WaitResult.Reached);
    }

    /// <summary>Waits until something holds; the database may be away meanwhile.</summary>
    public static async Task Eventually(Func<Task<bool>> holds, [CallerArgumentExpression(nameof(holds))] string? what = null)
    {
        using var patience = new CancellationTokenSource(ReadModelWorld.Patience);
        while (!patience.IsCancellationRequested)
        {
            try
            {
                if (await holds())
                {
                    return;
                }
            }
            catch (ReadModelUnavailableException)
            {
                // Not yet.
            }

            await Task.Yield();
        }

        Assert.Fail($"It never came to: {what}");
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.StopAsync(CancellationToken.None);
        _daemon.Dispose();
    }
}
