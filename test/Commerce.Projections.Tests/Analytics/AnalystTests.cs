using Commerce.Projections.Analytics;
using Commerce.Projections.Documents;
using Npgsql;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Analytics;

/// <summary>What analysts may read with a login of their own, and what they may not do.</summary>
public sealed class AnalystTests
{
    static readonly IReadOnlyDictionary<string, AnalyticsRelation> Relations = AnalyticsCatalogue.Relations(ReadSchemas.DocumentsDefault).ToDictionary(r => r.Name);

    static readonly IEnumerable<string> Names = Relations.Keys;

    // Not there to be granted, or a view of several rows together, into which nobody can write.
    static readonly string[] Refusals = [PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.WrongObjectType, PostgresErrorCodes.ObjectNotInPrerequisiteState];

    // Nobody announced a flash sale or reconciled a day here.
    static readonly string[] WithoutTrade = ["flash_sales", "flash_sale_claims", "reconciliation_runs", "reconciliation_differences"];

    ReadModelWorld _world;
    Analyst _analyst;

    [OneTimeSetUp]
    public async Task Trade()
    {
        _world = await ReadModelWorld.Create();
        await OneOrderWithEverything(_world);
        await _world.Project();
        _analyst = await Analyst.Of(_world);
    }

    [OneTimeTearDown]
    public async Task TearDown()
    {
        await _analyst.DisposeAsync();
        await _world.DisposeAsync();
    }

    [TestCaseSource(nameof(Names))]
    public async Task Everything_in_the_schema_answers(string name)
    {
        var rows = await _analyst.Run($"SELECT * FROM analytics.{name} ORDER BY {Relations[name].Order}");

        Assert.That(rows > 0, Is.Not.EqualTo(WithoutTrade.Contains(name)));
    }

    [Test]
    public async Task The_schema_holds_what_the_catalogue_says_and_nothing_else() => Assert.That(
        await _world.Rows("SELECT relname FROM pg_class WHERE relnamespace = 'analytics'::regnamespace AND relkind IN ('r', 'v', 'm')"),
        Is.EquivalentTo(Names));

    [Test]
    public async Task Every_column_and_every_table_has_a_comment() => Assert.That(
        await _world.Rows("""
            SELECT t.relname, coalesce(c.attname, '') FROM pg_class AS t LEFT JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
            WHERE t.relnamespace = 'analytics'::regnamespace AND t.relkind IN ('r', 'v') AND (coalesce(col_description(t.oid, c.attnum), '') = '' OR coalesce(obj_description(t.oid), '') = '')
            """),
        Is.Empty);

    [TestCaseSource(nameof(Names))]
    public async Task Nothing_in_it_can_be_written(string name)
    {
        var column = (await _world.Rows($"SELECT attname FROM pg_attribute WHERE attrelid = 'analytics.{name}'::regclass AND attnum = 1"))[0];
        foreach (var sql in (string[])
            [
                $"INSERT INTO analytics.{name} DEFAULT VALUES", $"UPDATE analytics.{name} SET {column} = NULL", $"DELETE FROM analytics.{name}",
                $"TRUNCATE analytics.{name}", $"COMMENT ON COLUMN analytics.{name}.{column} IS 'mine'",
            ])
        {
            Assert.That(await _analyst.RefusalOf(sql), Is.AnyOf(Refusals), sql);
        }

        Assert.That(
            await _world.Rows($"SELECT has_table_privilege('{AnalyticsSchema.Role}', 'analytics.{name}', 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"),
            Is.EqualTo((string[])["False"]));
    }

    [TestCase("CREATE TABLE analytics.mine (n int)")]
    [TestCase("CREATE VIEW analytics.mine AS SELECT 1")]
    [TestCase("CREATE TABLE public.mine (n int)")]
    [TestCase("CREATE SCHEMA mine")]
    [TestCase("CREATE ROLE mine")]
    [TestCase("SELECT commerce.advance_projection('orders', 1, 0, 1)")]
    [TestCase("DROP VIEW analytics.funnel")]
    public async Task Nothing_can_be_made_or_moved_beside_it(string sql) =>
        Assert.That(await _analyst.RefusalOf(sql), Is.EqualTo(PostgresErrorCodes.InsufficientPrivilege));

    [Test]
    public async Task No_table_of_another_schema_can_be_read()
    {
        var others = await _world.Rows("SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname NOT IN ('analytics', 'pg_catalog', 'information_schema')");

        Assert.That(others, Has.Count.GreaterThan(6));
        foreach (var table in others)
        {
            Assert.That(await _analyst.RefusalOf($"SELECT * FROM {table}"), Is.EqualTo(PostgresErrorCodes.InsufficientPrivilege), table);
        }
    }
}
