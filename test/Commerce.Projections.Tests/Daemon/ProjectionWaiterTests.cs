using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Daemon;

public sealed class ProjectionWaiterTests
{
    static readonly LogPosition Never = new(long.MaxValue);

    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp() => _world = await ReadModelWorld.Create();

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task A_wait_for_what_is_not_there_yet_ends_when_it_is()
    {
        await using var daemon = _world.Start();
        await daemon.CaughtUp();
        var waiting = daemon.Waiter.WaitFor(new LogPosition(1), [ProjectionNames.Stock, ProjectionNames.Orders], ReadModelWorld.Patience, CancellationToken.None);
        Assert.That(waiting.IsCompleted, Is.False);

        await _world.Append(StockStream("CUP"), new StockEvent.Received(5, "delivery 1"));

        Assert.That(await waiting, Is.EqualTo(new WaitResult.Reached()));
    }

    [Test]
    public async Task A_wait_that_takes_too_long_says_who_is_behind()
    {
        await using var daemon = _world.Start();
        await daemon.CaughtUp();

        var result = await daemon.Waiter.WaitFor(Never, [ProjectionNames.Products], TimeSpan.FromMilliseconds(1), CancellationToken.None);

        Assert.That(result, Is.InstanceOf<WaitResult.TimedOut>());
        Assert.That(((WaitResult.TimedOut)result).Behind, Is.EqualTo((string[])[ProjectionNames.Products]));
    }

    [Test]
    public async Task A_node_without_the_role_waits_by_the_checkpoints()
    {
        var elsewhere = new ProjectionWaiter(_world.Checkpoints, new ProjectionSignals(), TimeProvider.System);
        await using var daemon = _world.Start();
        await daemon.CaughtUp();
        var waiting = elsewhere.WaitFor(new LogPosition(1), ProjectionNames.All, ReadModelWorld.Patience, CancellationToken.None);

        // Only two projections read it; the others save later that it does not concern them.
        await _world.Append(StockStream("CUP"), new StockEvent.Received(5, "delivery 1"));

        Assert.That(await waiting, Is.EqualTo(new WaitResult.Reached()));
    }

    [Test]
    public void A_database_where_no_daemon_ever_ran_is_unavailable() =>
        Assert.ThrowsAsync<ReadModelUnavailableException>(() => new ProjectionWaiter(_world.Checkpoints, new ProjectionSignals(), TimeProvider.System)
            .WaitFor(new LogPosition(1), ProjectionNames.All, ReadModelWorld.Patience, CancellationToken.None));
}
