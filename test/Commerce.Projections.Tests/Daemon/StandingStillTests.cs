using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.ReadModels;
using Commerce.Projections.Daemon;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Daemon;

/// <summary>A projection that meets an event which it cannot apply, and what people decide about it.</summary>
public sealed class StandingStillTests
{
    ReadModelWorld _world;
    LogPosition _broken;

    [SetUp]
    public async Task SetUp()
    {
        _world = await ReadModelWorld.Create();
        await _world.Append(OrderStream(1), Placed(1, "ann", "France", Line(1, "CUP", 3, 2m)));
        _broken = await _world.AppendRaw(OrderStream(2), "order-placed.v1", "{\"order\":17}"u8.ToArray());
        await _world.Append(OrderStream(3), Placed(3, "bob", "France", Line(1, "CUP", 1, 2m)));
    }

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task It_says_at_which_event_it_stands_and_why()
    {
        await using var daemon = _world.Start();
        await StandsStill(daemon);

        var orders = await Status(daemon);
        Assert.That((orders.StoppedAt, orders.StoppedBy, orders.LagEvents), Is.EqualTo(((LogPosition?)_broken, "order-placed.v1", 2)));
        Assert.That(orders.Error, Does.Contain($"position {_broken}"));
    }

    [Test]
    public async Task It_goes_on_after_the_event_once_somebody_skips_it()
    {
        await using var daemon = _world.Start();
        await StandsStill(daemon);

        await Skip(_broken, version: (await Status(daemon)).Version);
        await daemon.CaughtUp(ProjectionNames.Orders);

        Assert.That(await Orders(), Is.EqualTo((string[])["1001", "1003"]));
        await RunningDaemon.Eventually(async () => await Status(daemon) is { State: ProjectionState.Running, Error: null, StoppedAt: null });
    }

    [Test]
    public async Task What_was_skipped_is_skipped_again_when_the_read_model_is_made_anew()
    {
        await using (var daemon = _world.Start())
        {
            await StandsStill(daemon);
            await Skip(_broken, version: (await Status(daemon)).Version);
            await daemon.CaughtUp(ProjectionNames.Orders);
        }

        await _world.Execute("TRUNCATE mt_doc_orderview, analytics.payment_ledger; UPDATE commerce.projection_checkpoints SET position = 0 WHERE name = 'orders'");
        await using var again = _world.Start();
        await again.CaughtUp(ProjectionNames.Orders);

        Assert.That(await Orders(), Is.EqualTo((string[])["1001", "1003"]));
    }

    [Test]
    public async Task What_one_version_skips_stops_another_version_that_cannot_apply_it_either()
    {
        await using var daemon = _world.Start();
        await StandsStill(daemon);

        await Skip(_broken, version: (await Status(daemon)).Version + 1);

        await RunningDaemon.Eventually(async () => (await Status(daemon)).State == ProjectionState.StandsStill);
        Assert.That(await Orders(), Is.EqualTo((string[])["1001"]));
    }

    [Test]
    public async Task It_tries_again_when_it_is_asked_to_and_goes_on_where_the_cause_is_gone()
    {
        await _world.Append(StockStream("CUP"), new StockEvent.Received(1, "delivery"));
        await using var daemon = _world.Start(projections: [.. _world.Projections.Where(p => p.Name == ProjectionNames.Stock)]);
        await daemon.CaughtUp(ProjectionNames.Stock);
        await _world.Execute("ALTER TABLE mt_doc_stockview ADD CONSTRAINT broken CHECK ((data ->> 'onHand')::int < 2)");
        await _world.Append(StockStream("CUP"), new StockEvent.Received(1, "delivery"));
        await RunningDaemon.Eventually(async () => (await daemon.Status.Read(CancellationToken.None))[0].State == ProjectionState.StandsStill);

        await _world.Execute("ALTER TABLE mt_doc_stockview DROP CONSTRAINT broken");
        await _world.Append(ReadModel.StreamOf(ProjectionNames.Stock), new ReadModelEvent.RetryAsked(2, "the constraint is gone"));
        await daemon.CaughtUp(ProjectionNames.Stock);

        Assert.That((await _world.Store.Load<StockView, string>(["CUP@main"], CancellationToken.None)).Single().OnHand, Is.EqualTo(2));
    }

    static Task StandsStill(RunningDaemon daemon) => RunningDaemon.Eventually(async () => (await Status(daemon)).State == ProjectionState.StandsStill);

    static async Task<ProjectionStatus> Status(RunningDaemon daemon) => (await daemon.Status.Read(CancellationToken.None)).Single(p => p.Name == ProjectionNames.Orders);

    Task Skip(LogPosition position, int version) => _world.Append(
        ReadModel.StreamOf(ProjectionNames.Orders), new ReadModelEvent.EventSkipped(version, position.Value, "order-placed.v1", "it was written by a test"));

    Task<List<string>> Orders() => _world.Rows("SELECT data ->> 'number' FROM mt_doc_orderview WHERE placed_at IS NOT NULL ORDER BY 1");
}
