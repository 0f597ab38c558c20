using Commerce.Projections.Analytics;
using Commerce.Projections.Daemon;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Analytics;

/// <summary>How the views follow the tables under them.</summary>
public sealed class AnalyticsSchemaTests
{
    const string Oids = "SELECT relname, oid::bigint FROM pg_class WHERE relnamespace = 'analytics'::regnamespace AND relkind = 'v' ORDER BY 1";

    const string ReplacedBelowViews = """
        SELECT DISTINCT c.relname FROM pg_depend AS d JOIN pg_class AS c ON c.oid = d.refobjid
        WHERE d.classid = 'pg_rewrite'::regclass AND c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'commerce\\_replaced\\_%')
        """;

    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp()
    {
        _world = await ReadModelWorld.Create();
        await OneOrderWithEverything(_world);
        await _world.Project();
    }

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task Another_start_changes_nothing()
    {
        var before = await _world.Rows("SELECT xmin::text, relname FROM pg_class WHERE relnamespace = 'analytics'::regnamespace AND relkind = 'v' ORDER BY 2");

        await _world.Project();

        Assert.That(await _world.Rows("SELECT xmin::text, relname FROM pg_class WHERE relnamespace = 'analytics'::regnamespace AND relkind = 'v' ORDER BY 2"), Is.EqualTo(before));
    }

    [Test]
    public async Task A_rebuild_takes_the_views_along_in_one_step()
    {
        await using var analyst = await Analyst.Of(_world);
        var before = await _world.Rows(Oids);

        await using var daemon = _world.Start(projections: _world.NextProjections);
        await RunningDaemon.Eventually(async () => (await daemon.Status.Read(CancellationToken.None)).All(p => p is { State: ProjectionState.Running, Replaced: not null }));

        Assert.That(await _world.Rows(Oids), Is.EqualTo(before));
        Assert.That(await _world.Rows(ReplacedBelowViews), Is.Empty);
        Assert.That(await analyst.Run("SELECT * FROM analytics.orders"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_view_that_an_earlier_version_made_with_other_columns_is_replaced()
    {
        await _world.Execute("""
            DROP VIEW analytics.orders CASCADE;
            CREATE VIEW analytics.orders AS SELECT 1 AS something_else;
            UPDATE commerce.analytics_views SET definition = 'earlier' WHERE name = 'orders';
            """);

        await _world.Project();

        Assert.That(await _world.Rows("SELECT status, total, hours_to_return FROM analytics.orders"), Is.EqualTo((string[])["completed|13.38|0.00"]));
        Assert.That(await _world.Rows("SELECT placed_on::text, placed, paid, shipped, returned FROM analytics.funnel"), Is.EqualTo((string[])["2026-03-01|1|1|1|1"]));
    }

    [Test]
    public async Task Every_answer_can_be_dated()
    {
        Assert.That(
            await _world.Rows("SELECT projection, position, state FROM analytics.as_of ORDER BY 1"),
            Is.EqualTo(await _world.Rows("SELECT name, position, 'running' FROM commerce.projection_checkpoints ORDER BY 1")).And.Count.EqualTo(ProjectionNames.All.Count));
    }

    [Test]
    public async Task Without_the_role_the_views_are_there_and_whoever_makes_it_later_has_it_granted_at_the_next_start()
    {
        // A role belongs to the whole server and others use it meanwhile: what stands for its absence is a lack of rights.
        await _world.Execute($"REVOKE ALL ON ALL TABLES IN SCHEMA analytics FROM {AnalyticsSchema.Role}");
        await using var analyst = await Analyst.Of(_world);
        Assert.That(await analyst.RefusalOf("SELECT * FROM analytics.orders"), Is.EqualTo("42501"));

        await _world.Project();

        Assert.That(await analyst.Run("SELECT * FROM analytics.orders"), Is.EqualTo(1));
    }
}
