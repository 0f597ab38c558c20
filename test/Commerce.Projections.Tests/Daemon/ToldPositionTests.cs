using Commerce.Domain.Log;
using Commerce.Domain.ReadModels;
using Commerce.Projections.Daemon;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Daemon;

/// <summary>As of which position readers are told that a read model is: never more than it holds, and never less than they were told before.</summary>
public sealed class ToldPositionTests
{
    // The checkpoint does not follow past events of others by itself while a test lasts.
    static readonly TimeSpan NeverIdle = TimeSpan.FromHours(1);

    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp() => _world = await ReadModelWorld.Create();

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task It_does_not_go_back_when_a_projection_is_paused_and_other_nodes_are_told_the_same_then()
    {
        await using var daemon = _world.Start(idleSaveDelay: NeverIdle);
        var told = await ToldBeyondTheCheckpoint(daemon);

        await _world.Append(ReadModel.StreamOf(ProjectionNames.Orders), new ReadModelEvent.Paused("a test"));
        await RunningDaemon.Eventually(async () => await Status(daemon) is { State: ProjectionState.Paused, IsLedHere: false });

        var paused = await Told(daemon.Signals);
        Assert.That(paused, Is.GreaterThanOrEqualTo(told), "It may have come past the pause itself.");
        Assert.That(((await Status(daemon)).Position, await Told(new ProjectionSignals())), Is.EqualTo((paused, paused)));
        Assert.That(await daemon.Waiter.WaitFor(told, [ProjectionNames.Orders], TimeSpan.Zero, CancellationToken.None), Is.EqualTo(new WaitResult.Reached()));
    }

    [Test]
    public async Task It_does_not_go_back_when_a_projection_comes_to_stand_still()
    {
        await using var daemon = _world.Start(idleSaveDelay: NeverIdle);
        var told = await ToldBeyondTheCheckpoint(daemon);

        var broken = await _world.AppendRaw(OrderStream(2), "order-placed.v1", "{\"order\":17}"u8.ToArray());
        await RunningDaemon.Eventually(async () => (await Status(daemon)).State == ProjectionState.StandsStill);

        Assert.That(await Told(daemon.Signals), Is.InRange(told, new LogPosition(broken.Value - 1)));
        Assert.That(await daemon.Waiter.WaitFor(told, [ProjectionNames.Orders], TimeSpan.Zero, CancellationToken.None), Is.EqualTo(new WaitResult.Reached()));
    }

    [Test]
    public void It_does_not_go_back_while_the_next_events_are_written()
    {
        var (signals, orders) = (new ProjectionSignals(), Orders());
        signals.Reached(orders, position: new(100), saved: new(90));

        signals.Reached(orders, position: new(90), saved: new(90));

        Assert.That(signals.PositionOf(orders.Name), Is.EqualTo(new LogPosition(100)));
    }

    [Test]
    public void It_goes_back_with_rows_that_a_crash_of_the_server_took()
    {
        var (signals, orders) = (new ProjectionSignals(), Orders());
        signals.Reached(orders, position: new(100), saved: new(90));
        signals.Stopped(orders.Name);
        Assert.That(ProjectionReach.Now(signals.ReachOf(orders.Name), At(80, orders.Version)), Is.EqualTo(new LogPosition(80)));

        signals.Reached(orders, position: new(80), saved: new(80));

        Assert.That(signals.PositionOf(orders.Name), Is.EqualTo(new LogPosition(80)));
    }

    [Test]
    public void What_was_told_of_one_version_says_nothing_of_another_that_may_have_other_events()
    {
        var (signals, orders) = (new ProjectionSignals(), Orders());
        signals.Reached(orders, position: new(100), saved: new(90));

        Assert.That(ProjectionReach.Now(signals.ReachOf(orders.Name), At(95, orders.Version + 1)), Is.EqualTo(new LogPosition(95)));
    }

    [Test]
    public async Task When_it_came_there_stays_as_it_is_when_it_comes_to_stand_still()
    {
        await using var daemon = _world.Start(idleSaveDelay: NeverIdle);
        await ToldBeyondTheCheckpoint(daemon);
        var before = await When();

        await _world.AppendRaw(OrderStream(2), "order-placed.v1", "{\"order\":17}"u8.ToArray());
        await RunningDaemon.Eventually(async () => (await Status(daemon)).State == ProjectionState.StandsStill);

        Assert.That(await When(), Is.EqualTo(before));
    }

    [Test]
    public async Task When_it_came_there_does_not_go_back_with_the_clock_of_the_server()
    {
        await _world.Append(OrderStream(1), Placed(1, "ann", "France", Line(1, "CUP", 3, 2m)));
        await _world.Project();
        await _world.Execute("UPDATE commerce.projection_checkpoints SET updated_at = now() + interval '1 hour'");
        var before = await When();

        await _world.Append(OrderStream(2), Placed(2, "bob", "France", Line(1, "CUP", 1, 2m)));
        await _world.Project();

        Assert.That(await When(), Is.EqualTo(before));
    }

    // What is decided about stock is none of the orders' business: they have come past it, and nothing of it is saved.
    async Task<LogPosition> ToldBeyondTheCheckpoint(RunningDaemon daemon)
    {
        await _world.Append(OrderStream(1), Placed(1, "ann", "France", Line(1, "CUP", 3, 2m)));
        await daemon.CaughtUp(ProjectionNames.Orders);
        await _world.Append(ReadModel.StreamOf(ProjectionNames.Stock), new ReadModelEvent.RetryAsked(1, "a test"));
        await daemon.CaughtUp(ProjectionNames.Orders);

        var told = await Told(daemon.Signals);
        Assert.That(told, Is.EqualTo(await _world.Log.Head(CancellationToken.None)).And.GreaterThan(await Told(new ProjectionSignals())));
        return told;
    }

    // As the answer to a query tells it, looked at anew.
    async Task<LogPosition> Told(ProjectionSignals signals)
    {
        var (lags, told) = (new ProjectionLags(_world.Projections, _world.Log, _world.Checkpoints, signals, TimeProvider.System), (LogPosition?)null);
        await RunningDaemon.Eventually(async () => (told = (await lags.Now())?[ProjectionNames.Orders].Position) is not null);
        return told ?? LogPosition.Start;
    }

    Task<List<string>> When() => _world.Rows($"SELECT updated_at::text FROM commerce.projection_checkpoints WHERE name = '{ProjectionNames.Orders}'");

    IProjection Orders() => _world.Projections.Single(p => p.Name == ProjectionNames.Orders);

    static Checkpoint At(long position, int version) => new(version, new(position), null, null, null, null);

    static async Task<ProjectionStatus> Status(RunningDaemon daemon) => (await daemon.Status.Read(CancellationToken.None)).Single(p => p.Name == ProjectionNames.Orders);
}
