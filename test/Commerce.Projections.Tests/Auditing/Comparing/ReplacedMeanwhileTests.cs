using Commerce.Domain.ReadModels;
using Commerce.Projections.Auditing.Comparing;
using Commerce.Projections.Daemon;
using Commerce.Projections.Daemon.Building;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Auditing.Comparing;

/// <summary>A rebuild puts other rows in the place of those that are being compared.</summary>
public sealed class ReplacedMeanwhileTests
{
    ReadModelWorld _world;
    RunningDaemon _daemon;
    int _orders;
    int _rebuilds;

    [SetUp]
    public async Task Trade()
    {
        (_world, _orders, _rebuilds) = (await ReadModelWorld.Create(), 1, 0);
        await OneOrderWithEverything(_world);
        _daemon = _world.Start();
        await _daemon.CaughtUp();
        await RunningDaemon.Eventually(async () => await _world.Rows("SELECT name FROM commerce.projection_checkpoints WHERE rebuilding_to IS NOT NULL") is []);
    }

    [TearDown]
    public async Task TearDown()
    {
        await _daemon.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Test]
    public async Task The_rebuild_does_not_wait_for_the_end_and_what_it_made_is_compared()
    {
        var report = await Compare(rebuildsMax: 1);

        Assert.That((_rebuilds, Wrong(report)), Is.EqualTo((1, string.Empty)));
        Assert.That(Of(report, ProjectionNames.Orders).Rows, Is.GreaterThan(Of(report, ProjectionNames.Sales).Rows), "An order, and what happened meanwhile as well.");
    }

    [Test]
    public async Task What_the_rebuild_did_not_mend_is_still_found()
    {
        await _world.Execute("UPDATE analytics.sales_lines SET amount = amount + 0.01 WHERE ctid = (SELECT min(ctid) FROM analytics.sales_lines)");

        var report = await Compare(rebuildsMax: 1);

        Assert.That(report.Projections.Where(p => p.Differing > 0).Select(p => p.Projection), Is.EqualTo((string[])[ProjectionNames.Sales]));
    }

    [Test]
    public async Task Where_that_goes_on_and_on_it_says_so_and_compares_the_others()
    {
        var report = await Compare(rebuildsMax: int.MaxValue);

        Assert.That(Wrong(report), Is.EqualTo("orders: not compared: a rebuild replaced its rows 3 times while they were compared."));
        Assert.That(_rebuilds, Is.GreaterThanOrEqualTo(ReadModelComparison.TriesMax));
    }

    // Orders are rebuilt, and hold one more, each time that something is told of their being built anew: after the moment that is compared, and before it is.
    Task<ComparisonReport> Compare(int rebuildsMax) => Task.Run(() => new ReadModelComparison(_world.Database, _world.Log, new ProjectionOptions { ConnectionString = "unused" }, TimeProvider.System)
        .Run(new Told(p => RebuildOnce(p, rebuildsMax).GetAwaiter().GetResult()), CancellationToken.None));

    async Task RebuildOnce(BuildProgress built, int rebuildsMax)
    {
        if (built.Projection != ProjectionNames.Orders || _rebuilds >= rebuildsMax)
        {
            return;
        }

        _rebuilds++;
        await _world.Append(OrderStream(++_orders), Placed(_orders, "bob", "France", Line(1, "CUP", 1, 2m)));
        await _world.Append(ReadModel.StreamOf(ProjectionNames.Orders), new ReadModelEvent.RebuildAsked(1, "a test"));
        await RunningDaemon.Eventually(async () => (await _daemon.Status.Read(CancellationToken.None)).Single(p => p.Name == ProjectionNames.Orders).RebuiltAt == _rebuilds - 1);
    }

    static ProjectionComparison Of(ComparisonReport report, string projection) => report.Projections.Single(p => p.Projection == projection);

    static string Wrong(ComparisonReport report) => string.Join('\n', report.Projections.Where(p => p.Differing > 0 || p.NotCompared is not null).SelectMany(p => p.Summary()));

    sealed class Told(Action<BuildProgress> report) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value) => report(value);
    }
}
