using Commerce.Domain.Log;
using Commerce.Projections.Auditing;
using Commerce.Projections.Auditing.Past;
using Commerce.Projections.Documents;
using Commerce.Testing.Logs;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Auditing.Past;

/// <summary>Read models as of a moment, beside those of today.</summary>
[TestFixture(LogEngine.InMemory)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class PastReadModelsTests(LogEngine engine)
{
    const string Schema = "last_quarter";

    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp() => _world = await ReadModelWorld.Create(engine);

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task As_of_a_position_they_are_what_people_read_then_views_included()
    {
        await OneOrderWithEverything(_world);
        await _world.Project();
        var (then, views, at) = (await _world.Everything(), await Views("analytics"), (await _world.Events(LogPosition.Start, StreamFilter.All))[^1].Position);
        await _world.Append(OrderStream(2), Placed(2, "bob", "France", Line(1, "CUP", 1, 2m)));
        await _world.Project();

        await Build($"position:{at}");

        Assert.That(await _world.Everything(ReadSchemas.Beside(Schema)), Is.EqualTo(then));
        Assert.That(await Views(Schema), Is.EqualTo(views));
        Assert.That(await Views("analytics"), Is.Not.EqualTo(views));
    }

    [Test]
    public async Task As_of_a_day_what_happened_by_then_is_in_them_however_late_it_was_recorded()
    {
        await _world.Append(OrderStream(1), new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero), Placed(1, "ann", "Iceland", Line(1, "CUP", 1, 2m)));
        await _world.Append(OrderStream(2), new DateTimeOffset(2026, 3, 1, 23, 59, 0, TimeSpan.Zero), Placed(2, "bob", "France", Line(1, "CUP", 1, 2m)));

        await Build("2026-03-01");

        Assert.That(await _world.Rows($"SELECT customer FROM {Schema}.mt_doc_orderview"), Is.EqualTo(new[] { "bob" }));
    }

    [Test]
    public async Task Another_moment_is_made_anew_and_the_same_goes_on()
    {
        await _world.Append(OrderStream(1), new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero), Placed(1, "ann", "Iceland", Line(1, "CUP", 1, 2m)));
        await Build("2026-03-01");
        await _world.Append(OrderStream(2), new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero), Placed(2, "bob", "France", Line(1, "CUP", 1, 2m)));

        await Build("2026-03-01");
        Assert.That(await _world.Rows($"SELECT customer FROM {Schema}.mt_doc_orderview ORDER BY 1"), Is.EqualTo(new[] { "ann", "bob" }));

        await Build("2026-03-01T09:30:00Z");
        Assert.That(await _world.Rows($"SELECT customer FROM {Schema}.mt_doc_orderview"), Is.EqualTo(new[] { "ann" }));
    }

    [Test]
    public async Task A_schema_of_somebody_else_is_left_alone()
    {
        await _world.Execute($"CREATE SCHEMA {Schema}; CREATE TABLE {Schema}.theirs (id int)");

        Assert.That(() => Build("2026-03-01"), Throws.TypeOf<PastReadModelsException>().With.Message.Contains("holds something else"));
        Assert.That(await _world.Rows($"SELECT count(*) FROM {Schema}.theirs"), Is.EqualTo(new[] { "0" }));
    }

    [Test]
    public void What_lies_ahead_of_the_log_is_refused() =>
        Assert.That(() => Build($"position:{long.MaxValue}"), Throws.TypeOf<PastReadModelsException>().With.Message.StartsWith("The log ends at position"));

    [TestCase("public")]
    [TestCase("No Name")]
    public void What_is_no_schema_to_build_in_is_refused(string schema) =>
        Assert.That(() => Build("2026-03-01", schema), Throws.TypeOf<PastReadModelsException>().With.Message.Contains(schema));

    Task Build(string moment, string schema = Schema) =>
        new PastReadModels(_world.Database, _world.Log, new ProjectionOptions { ConnectionString = "unused" }, TimeProvider.System).Build(Moment.Parse(moment, null), schema, null, default);

    async Task<List<string>> Views(string schema)
    {
        var rows = new List<string>();
        foreach (var view in await _world.Rows("SELECT viewname FROM pg_views WHERE schemaname = 'analytics' AND viewname <> 'as_of' ORDER BY 1"))
        {
            rows.AddRange(await _world.Rows($"SELECT '{view}', v::text FROM {schema}.{view} AS v ORDER BY 2"));
        }

        return rows;
    }
}
