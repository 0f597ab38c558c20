using Commerce.Projections.Daemon;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Daemon;

public sealed class ProjectionVersionTests
{
    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp() => _world = await ReadModelWorld.Create();

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task A_new_version_makes_anew_what_the_old_one_made()
    {
        await OneOrderWithEverything(_world);
        await using (var old = _world.Start())
        {
            await old.CaughtUp();
        }

        var before = await _world.Everything();
        await _world.Execute("UPDATE mt_doc_stockview SET data = '{}'; UPDATE analytics.sales_lines SET amount = 0");

        await using var next = _world.Start(projections: _world.NextProjections);
        await RunningDaemon.Eventually(async () => (await next.Status.Read(CancellationToken.None)).All(p => p.Version == NextOf(p) && p is { LagEvents: 0, State: ProjectionState.Running }));

        Assert.That(await _world.Everything(), Is.EqualTo(before));
    }

    [Test]
    public async Task Readers_are_told_that_a_new_version_is_being_made()
    {
        await OneOrderWithEverything(_world);
        await _world.Project();

        var status = await new ProjectionStatusReader(_world.NextProjections, _world.Log, _world.Checkpoints, new ProjectionSignals(), TimeProvider.System)
            .Read(CancellationToken.None);

        Assert.That(status.Select(p => p.State), Is.All.EqualTo(ProjectionState.Rebuilding));
    }

    [Test]
    public async Task A_node_with_an_older_version_keeps_its_hands_off()
    {
        await OneOrderWithEverything(_world);
        await using (var next = _world.Start(projections: _world.NextProjections))
        {
            await next.CaughtUp();
        }

        await using var old = _world.Start();
        await old.Ended;

        Assert.That((await old.Status.Read(CancellationToken.None)).Select(p => (p.Version - NextOf(p), p.Error)), Is.All.EqualTo((0, (string?)null)));
    }

    int NextOf(ProjectionStatus status) => _world.Projections.Single(p => p.Name == status.Name).Version + 1;
}
