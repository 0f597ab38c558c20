using Commerce.Projections.Auditing.Comparing;
using Commerce.Projections.Daemon;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Auditing.Comparing;

/// <summary>What people read is held against what the log makes of it.</summary>
public sealed class ReadModelComparisonTests
{
    ReadModelWorld _world;

    [SetUp]
    public async Task Trade()
    {
        _world = await ReadModelWorld.Create();
        await OneOrderWithEverything(_world);
        await _world.Project();
    }

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task What_the_daemon_made_is_what_the_log_makes_and_nothing_is_left_behind()
    {
        var report = await Compare();

        Assert.That((report.IsClean, report.Projections.Select(p => p.Projection)), Is.EqualTo((true, ProjectionNames.All)).Using<(bool, IEnumerable<string>)>((a, b) => a.Item1 == b.Item1 && a.Item2.Order().SequenceEqual(b.Item2.Order())));
        Assert.That(report.Projections.Single(p => p.Projection == ProjectionNames.Orders).Rows, Is.Positive);
        Assert.That(await _world.Rows($"SELECT nspname FROM pg_namespace WHERE nspname = '{ReadModelComparison.Schema}'"), Is.Empty);
    }

    [Test]
    public async Task A_document_that_somebody_changed_is_named_with_the_place_that_differs()
    {
        await _world.Execute("UPDATE mt_doc_orderview SET data = jsonb_set(data, '{status}', '\"lost\"')");

        var (row, report) = await Only(ProjectionNames.Orders);

        Assert.That((report.Differing, row.Table, row.Kind), Is.EqualTo((1L, "mt_doc_orderview", "different")));
        Assert.That(row.Places.Select(p => (p.Path, p.From?.GetString())), Is.EqualTo(new[] { ("/data/status", "lost") }));
        Assert.That(report.Summary().ElementAt(1), Does.Contain($"mt_doc_orderview {row.Key} is different: /data/status is \"lost\", the log says \""));
    }

    [Test]
    public async Task A_fact_that_somebody_changed_or_took_away_or_added_is_named()
    {
        await _world.Execute("UPDATE analytics.sales_lines SET amount = amount + 0.01 WHERE ctid = (SELECT min(ctid) FROM analytics.sales_lines)");
        Assert.That((await Only(ProjectionNames.Sales)).Row.Places.Select(p => p.Path), Is.EqualTo(new[] { "/amount" }));

        await _world.Execute("DELETE FROM analytics.sales_lines WHERE ctid = (SELECT max(ctid) FROM analytics.sales_lines)");
        Assert.That((await Only(ProjectionNames.Sales)).Row.Kind, Is.EqualTo("missing"));

        await _world.Execute("INSERT INTO analytics.sales_lines SELECT (jsonb_populate_record(s, '{\"position\":999999999}')).* FROM analytics.sales_lines AS s LIMIT 1");
        var sales = (await Compare()).Projections.Single(p => p.Projection == ProjectionNames.Sales);
        Assert.That(sales.Differences.Select(d => d.Kind), Is.EquivalentTo(new[] { "missing", "extra" }));
    }

    [Test]
    public async Task Of_many_only_the_first_are_shown()
    {
        await _world.Execute("INSERT INTO analytics.sales_lines SELECT (jsonb_populate_record(s, jsonb_build_object('position', 1000000 + n))).* FROM analytics.sales_lines AS s, generate_series(1, 1000) AS n WHERE s.ctid = (SELECT min(ctid) FROM analytics.sales_lines)");

        var sales = (await Compare()).Projections.Single(p => p.Projection == ProjectionNames.Sales);

        Assert.That((sales.Differing, sales.Differences.Count), Is.EqualTo((1_000L, ReadModelComparison.DifferencesListedMax)));
    }

    [Test]
    public async Task What_has_happened_since_the_read_model_came_there_is_no_difference()
    {
        await _world.Append(OrderStream(2), Placed(2, "bob", "France", Line(1, "CUP", 1, 2m)));

        Assert.That((await Compare()).IsClean, Is.True);
    }

    [Test]
    public async Task What_is_being_made_anew_is_not_compared_and_that_is_said()
    {
        await _world.Execute($"UPDATE commerce.projection_checkpoints SET rebuilding_to = 1 WHERE name = '{ProjectionNames.Orders}'");

        var orders = (await Compare()).Projections.Single(p => p.Projection == ProjectionNames.Orders);

        Assert.That((orders.NotCompared, orders.Position), Is.EqualTo(("it is being made anew.", (string?)null)));
    }

    async Task<(RowDifference Row, ProjectionComparison Report)> Only(string projection)
    {
        var report = await Compare();
        var one = report.Projections.Single(p => p.Differing > 0);
        Assert.That((report.IsClean, one.Projection), Is.EqualTo((false, projection)));
        return (one.Differences[^1], one);
    }

    Task<ComparisonReport> Compare() => new ReadModelComparison(_world.Database, _world.Log, new ProjectionOptions { ConnectionString = "unused" }, TimeProvider.System).Run(null, default);
}
