using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;
using Commerce.Testing.Logs;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Daemon;

[TestFixture(LogEngine.InMemory)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class ProjectionWaiterTests(LogEngine engine)
{
    static readonly LogPosition Never = new(long.MaxValue);

    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp() => _world = await ReadModelWorld.Create(engine);

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task A_wait_for_what_is_not_there_yet_ends_when_it_is()
    {
        await using var daemon = _world.Start();
        await daemon.CaughtUp();
        var waiting = daemon.Waiter.WaitFor(await Next(), [ProjectionNames.Stock, ProjectionNames.Orders], ReadModelWorld.Patience, CancellationToken.None);
        Assert.That(waiting.IsCompleted, Is.False.Or.EqualTo(engine == LogEngine.EventStoreDb), "others may have written there");

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
        var waiting = elsewhere.WaitFor(await Next(), ProjectionNames.All, ReadModelWorld.Patience, CancellationToken.None);

        // Only two projections read it; the others save later that it does not concern them.
        await _world.Append(StockStream("CUP"), new StockEvent.Received(5, "delivery 1"));

        Assert.That(await waiting, Is.EqualTo(new WaitResult.Reached()));
    }

    [Test]
    public async Task Who_comes_before_read_models_are_made_waits_for_that_as_well()
    {
        var elsewhere = new ProjectionWaiter(_world.Checkpoints, new ProjectionSignals(), TimeProvider.System);
        await _world.Append(StockStream("CUP"), new StockEvent.Received(5, "delivery 1"));
        var waiting = elsewhere.WaitFor(await _world.Log.Head(CancellationToken.None), ProjectionNames.All, ReadModelWorld.Patience, CancellationToken.None);

        await using var daemon = _world.Start();

        Assert.That(await waiting, Is.EqualTo(new WaitResult.Reached()));
    }

    [Test]
    public async Task Who_waits_does_not_wait_for_what_comes_later_to_be_written_together()
    {
        await using var daemon = _world.Start(batchInterval: TimeSpan.FromHours(1));
        await daemon.CaughtUp();
        for (var n = 1; n <= 3; n++)
        {
            await _world.Append(StockStream("CUP"), new StockEvent.Received(5, $"delivery {n}"));
            var head = await _world.Log.Head(CancellationToken.None);

            Assert.That(await daemon.Waiter.WaitFor(head, ProjectionNames.All, ReadModelWorld.Patience, CancellationToken.None), Is.EqualTo(new WaitResult.Reached()));
        }
    }

    // On a shared server others may write it: then it is passed sooner, and the wait ends as well.
    async Task<LogPosition> Next() => new((await _world.Log.Head(CancellationToken.None)).Value + 1);

    [Test]
    public void A_database_where_nobody_makes_them_is_unavailable_when_the_time_is_over() =>
        Assert.ThrowsAsync<ReadModelUnavailableException>(() => new ProjectionWaiter(_world.Checkpoints, new ProjectionSignals(), TimeProvider.System)
            .WaitFor(new LogPosition(1), ProjectionNames.All, TimeSpan.FromMilliseconds(50), CancellationToken.None));
}
