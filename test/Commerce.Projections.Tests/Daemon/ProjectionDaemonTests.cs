using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;
using Commerce.Testing.Logs;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Daemon;

[TestFixture(LogEngine.InMemory)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class ProjectionDaemonTests(LogEngine engine)
{
    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp() => _world = await ReadModelWorld.Create(engine);

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task What_is_appended_is_read_a_moment_later()
    {
        await using var daemon = _world.Start();
        await OneOrderWithEverything(_world);
        await daemon.CaughtUp();
        var before = await Available();

        await _world.Append(StockStream("CUP"), new StockEvent.Received(5, "delivery 2"));
        await daemon.CaughtUp(ProjectionNames.Stock);

        Assert.That((before, await Available()), Is.EqualTo((8L, 13L)));
    }

    [Test]
    public async Task Killed_connections_cost_no_event_and_repeat_none()
    {
        const int receipts = 2_000;
        var last = LogPosition.Start;
        for (var n = 0; n < receipts; n++)
        {
            last = await _world.Append(StockStream("CUP"), new StockEvent.Received(1, $"delivery {n}"));
        }

        await using var daemon = _world.Start(batchEventsMax: 10);
        for (var kills = 0; kills < 20; kills++)
        {
            var position = await Position();
            await RunningDaemon.Eventually(async () => await Position() is var now && (now > position || now >= last.Value));
            await KillEveryConnection();
        }

        await daemon.CaughtUp();

        // Reading meets what is left of the killed connections, too.
        await RunningDaemon.Eventually(async () => await Available() == receipts);
    }

    [Test]
    public async Task Two_daemons_apply_every_event_once_and_one_takes_over_from_the_other()
    {
        await using var second = new AsyncSlot();
        await using (var first = _world.Start())
        {
            await first.CaughtUp();
            second.Value = _world.Start();
            await _world.Append(StockStream("CUP"), new StockEvent.Received(5, "delivery 1"));

            // The second one does not lead: it learns of the position from the database.
            await second.Value.CaughtUp(ProjectionNames.Stock);
            Assert.That(second.Value.Signals.PositionOf(ProjectionNames.Stock), Is.Null);
        }

        var last = await _world.Append(StockStream("CUP"), new StockEvent.Received(6, "delivery 2"));
        await second.Value.CaughtUp(ProjectionNames.Stock);

        Assert.That(second.Value.Signals.PositionOf(ProjectionNames.Stock), Is.GreaterThanOrEqualTo(last));
        Assert.That(await Available(), Is.EqualTo(11));
    }

    [Test]
    public async Task A_leader_that_lost_its_lock_unawares_writes_nothing_twice()
    {
        await _world.Append(StockStream("CUP"), new StockEvent.Received(5, "delivery 1"));
        var stock = _world.Projections.Single(p => p.Name == ProjectionNames.Stock);
        var position = await _world.Prepare(stock);
        var events = ReadModelWorld.Logged(await _world.Events(position, stock.Filter));
        var (late, early) = (new BatchProjector(stock, _world.Store, ReadModelWorld.NothingSkipped), new BatchProjector(stock, _world.Store, ReadModelWorld.NothingSkipped));

        await early.Apply(events, position, events[^1].Recorded.Position, CancellationToken.None);

        Assert.ThrowsAsync<CheckpointMovedException>(() => late.Apply(events, position, events[^1].Recorded.Position, CancellationToken.None));
        Assert.That(await Available(), Is.EqualTo(5));
    }

    [Test]
    public async Task An_event_that_cannot_be_applied_stops_its_projection_alone_with_all_before_it_applied()
    {
        await using var daemon = _world.Start();
        var good = await _world.Append(StockStream("CUP"), new StockEvent.Received(5, "delivery 1"));
        var broken = await _world.AppendRaw(OrderStream(1), "order-placed.v1", "{\"order\":17}"u8.ToArray());
        await _world.Append(StockStream("CUP"), new StockEvent.Received(6, "delivery 2"));

        await daemon.CaughtUp(ProjectionNames.Stock, ProjectionNames.Products);
        await RunningDaemon.Eventually(async () => (await Status(daemon, ProjectionNames.Orders)).State == ProjectionState.StandsStill);

        var orders = await Status(daemon, ProjectionNames.Orders);
        Assert.Multiple(() =>
        {
            Assert.That(orders.Position, Is.GreaterThanOrEqualTo(good).And.LessThan(broken));
            Assert.That(orders.LagEvents, Is.EqualTo(2));
            Assert.That(orders.Error, Does.Contain($"order-placed.v1 at position {broken}"));
        });
        Assert.That((await Status(daemon, ProjectionNames.Stock)).State, Is.EqualTo(ProjectionState.Running));
        Assert.That(await Available(), Is.EqualTo(11));
    }

    [Test]
    public async Task An_event_that_this_version_does_not_know_is_passed_over()
    {
        await _world.AppendRaw(StockStream("CUP"), "stock-counted.v9", "{}"u8.ToArray());
        await _world.Append(StockStream("CUP"), new StockEvent.Received(5, "delivery 1"));

        await using var daemon = _world.Start();
        await daemon.CaughtUp(ProjectionNames.Stock);

        Assert.That(await Available(), Is.EqualTo(5));
    }

    static async Task<ProjectionStatus> Status(RunningDaemon daemon, string name) =>
        (await daemon.Status.Read(CancellationToken.None)).Single(p => p.Name == name);

    async Task<long> Available() => (await _world.Store.Load<StockView, string>(["CUP@main"], CancellationToken.None)).Single().Available;

    async Task<long> Position()
    {
        try
        {
            var checkpoints = await _world.Checkpoints.ReadAll(CancellationToken.None);
            return checkpoints.GetValueOrDefault(ProjectionNames.Stock)?.Position.Value ?? 0;
        }
        catch (ReadModelUnavailableException)
        {
            return 0;
        }
    }

    Task KillEveryConnection() => RunningDaemon.Eventually(async () => await _world.Rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()") is not null);

    /// <summary>Holds a daemon that is started later than it is disposed of.</summary>
    sealed class AsyncSlot : IAsyncDisposable
    {
        RunningDaemon? _daemon;

        public RunningDaemon Value
        {
            get => _daemon ?? throw new InvalidOperationException("Not started.");
            set => _daemon = value;
        }

        public ValueTask DisposeAsync() => _daemon?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
