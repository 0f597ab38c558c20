using Commerce.Domain.Inventory;
using Commerce.Domain.ReadModels;
using Commerce.Projections.Daemon;
using Npgsql;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Daemon.Building;

/// <summary>Read models that are rebuilt beside those that people read and then take their place.</summary>
public sealed class RebuildTests
{
    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp()
    {
        _world = await ReadModelWorld.Create();
        await OneOrderWithEverything(_world);
    }

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task What_is_asked_for_is_made_anew_and_what_it_replaced_is_kept_until_it_is_dropped()
    {
        await using var daemon = _world.Start();
        await daemon.CaughtUp();
        var before = await _world.Everything();
        await _world.Execute("DELETE FROM mt_doc_orderview");

        await Decide(ProjectionNames.Orders, new ReadModelEvent.RebuildAsked(3, "rows were lost"));
        await RunningDaemon.Eventually(async () => (await Orders(daemon)).RebuiltAt == 0);

        Assert.That(await _world.Everything(), Is.EqualTo(before));
        var replaced = (await Orders(daemon)).Replaced ?? throw new AssertionException("Nothing is kept.");
        Assert.That(await _world.Rows("SELECT count(*) FROM commerce_replaced_orders.mt_doc_paymentview"), Is.EqualTo((string[])["1"]));

        await Decide(ProjectionNames.Orders, new ReadModelEvent.ReplacedDropped(replaced.Version, replaced.Rebuild, "checked"));
        await RunningDaemon.Eventually(async () => (await Orders(daemon)).Replaced is null);
        Assert.That(await _world.Rows("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'commerce\\_%'"), Is.Empty);
    }

    [Test]
    public async Task It_goes_on_with_live_events_after_it()
    {
        await using var daemon = _world.Start();
        await daemon.CaughtUp();
        foreach (var name in ProjectionNames.All)
        {
            await Decide(name, new ReadModelEvent.RebuildAsked(1, "a test"));
        }

        await RunningDaemon.Eventually(async () => (await daemon.Status.Read(CancellationToken.None)).All(p => p.RebuiltAt == 0));
        await _world.Append(OrderStream(2), Placed(2, "bob", "France", Line(1, "CUP", 1, 2m)));
        await daemon.CaughtUp();

        Assert.That(await _world.Rows("SELECT count(*) FROM analytics.orders"), Is.EqualTo((string[])["2"]));
    }

    [Test]
    public async Task Whoever_may_read_the_old_rows_may_read_the_new_ones()
    {
        await using var daemon = _world.Start();
        await daemon.CaughtUp();
        await _world.Execute("GRANT SELECT ON mt_doc_orderview TO PUBLIC");

        await Decide(ProjectionNames.Orders, new ReadModelEvent.RebuildAsked(3, "a test"));
        await RunningDaemon.Eventually(async () => (await Orders(daemon)).RebuiltAt == 0);

        Assert.That(await _world.Rows("SELECT privilege_type FROM information_schema.table_privileges WHERE table_name = 'mt_doc_orderview' AND table_schema = 'public' AND grantee = 'PUBLIC'"), Is.EqualTo((string[])["SELECT"]));
    }

    [Test]
    public async Task A_reader_who_takes_long_delays_the_swap_and_no_other_reader()
    {
        await using var daemon = _world.Start();
        await daemon.CaughtUp();
        await using (var slow = new NpgsqlConnection(_world.ConnectionString))
        {
            await slow.OpenAsync();
            await using var reading = await slow.BeginTransactionAsync();
            await using var command = new NpgsqlCommand("SELECT count(*) FROM mt_doc_orderview", slow);
            await command.ExecuteScalarAsync();

            await Decide(ProjectionNames.Orders, new ReadModelEvent.RebuildAsked(3, "a test"));
            await RunningDaemon.Eventually(async () => await _world.Rows("SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'") is { Count: > 0 });

            Assert.That(await _world.Rows("SELECT count(*) FROM mt_doc_orderview"), Is.EqualTo((string[])["1"]));
            Assert.That((await Orders(daemon)).RebuiltAt, Is.EqualTo(-1));
        }

        await RunningDaemon.Eventually(async () => (await Orders(daemon)).RebuiltAt == 0);
    }

    [Test]
    public async Task A_new_version_that_meets_what_it_cannot_apply_leaves_people_the_old_one_until_somebody_decides()
    {
        var broken = await _world.AppendRaw(OrderStream(2), "order-placed.v1", "{\"order\":17}"u8.ToArray());
        var version = _world.Projections.Single(p => p.Name == ProjectionNames.Orders).Version;
        await Decide(ProjectionNames.Orders, new ReadModelEvent.EventSkipped(version, broken.Value, "order-placed.v1", "a test"));
        await using (var old = _world.Start())
        {
            await old.CaughtUp(ProjectionNames.Orders);
        }

        await using var next = _world.Start(projections: _world.NextProjections);
        await RunningDaemon.Eventually(async () => (await Orders(next)).State == ProjectionState.StandsStill);
        var stopped = await Orders(next);
        Assert.That((stopped.Version, stopped.Rebuild?.Version, stopped.Stop), Is.EqualTo((version, version + 1, new ReadModelStop(version + 1, broken.Value, "order-placed.v1"))));
        Assert.That(await _world.Rows("SELECT count(*) FROM analytics.orders"), Is.EqualTo((string[])["1"]));

        await Decide(ProjectionNames.Orders, new ReadModelEvent.EventSkipped(version + 1, broken.Value, "order-placed.v1", "a test"));
        await RunningDaemon.Eventually(async () => await Orders(next) is { State: ProjectionState.Running, Rebuild: null } now && now.Version == version + 1);
    }

    [Test]
    public async Task Another_node_goes_on_where_one_died()
    {
        await using (var old = _world.Start())
        {
            await old.CaughtUp();
        }

        var before = await _world.Everything();
        await using (var first = _world.Start(batchEventsMax: 1, projections: _world.NextProjections))
        {
            await RunningDaemon.Eventually(async () => await Orders(first) is { Rebuild.Position.Value: > 0 } or { Rebuild: null, Replaced: not null });
        }

        await using var second = _world.Start(projections: _world.NextProjections);
        await RunningDaemon.Eventually(async () => (await second.Status.Read(CancellationToken.None)).All(p => p is { State: ProjectionState.Running, Rebuild: null, Replaced: not null }));

        Assert.That(await _world.Everything(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_long_log_is_built_beside_from_the_beginning_and_nothing_is_kept()
    {
        await using var daemon = _world.Start(filledInPlaceMax: 0);
        await daemon.CaughtUp();

        Assert.That((await daemon.Status.Read(CancellationToken.None)).Select(p => (p.State, p.Rebuild, p.Replaced)), Is.All.EqualTo((ProjectionState.Running, (RebuildStatus?)null, (ReplacedRows?)null)));
        Assert.That(await _world.Rows("SELECT count(*) FROM analytics.orders"), Is.EqualTo((string[])["1"]));
        Assert.That(await _world.Rows("SELECT relname FROM pg_class WHERE relkind = 'r' AND (relname LIKE 'mt\\_doc\\_%' OR relnamespace = 'analytics'::regnamespace) AND (relpersistence <> 'p' OR reloptions IS NOT NULL)"), Is.Empty);
        Assert.That(
            await _world.Rows("SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'mt_doc_stockview' ORDER BY 1"),
            Is.EqualTo((string[])["mt_doc_stockview_idx_sku", "pkey_mt_doc_stockview_id"]));
    }

    [Test]
    public async Task What_is_paused_applies_nothing_until_it_is_resumed()
    {
        await using var daemon = _world.Start();
        await daemon.CaughtUp();
        await Decide(ProjectionNames.Stock, new ReadModelEvent.Paused("the disk is full"));
        await RunningDaemon.Eventually(() => Task.FromResult(daemon.Signals.PositionOf(ProjectionNames.Stock) is null));

        await _world.Append(StockStream("CUP"), new StockEvent.Received(5, "delivery 2"));
        await daemon.CaughtUp(ProjectionNames.Orders);
        var paused = (await daemon.Status.Read(CancellationToken.None)).Single(p => p.Name == ProjectionNames.Stock);
        Assert.That((paused.State, paused.LagEvents), Is.EqualTo((ProjectionState.Paused, 1)));

        await Decide(ProjectionNames.Stock, new ReadModelEvent.Resumed("there is room"));
        await daemon.CaughtUp(ProjectionNames.Stock);
        Assert.That((await daemon.Status.Read(CancellationToken.None)).Single(p => p.Name == ProjectionNames.Stock).State, Is.EqualTo(ProjectionState.Running));
    }

    static async Task<ProjectionStatus> Orders(RunningDaemon daemon) => (await daemon.Status.Read(CancellationToken.None)).Single(p => p.Name == ProjectionNames.Orders);

    Task Decide(string projection, ReadModelEvent decision) => _world.Append(ReadModel.StreamOf(projection), decision);
}
