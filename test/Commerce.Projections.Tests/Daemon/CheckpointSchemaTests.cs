using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Daemon;

/// <summary>The table of checkpoints and its function follow the version that runs.</summary>
public sealed class CheckpointSchemaTests
{
    const string Made = "SELECT xmin::text, oid::bigint FROM pg_proc WHERE pronamespace = 'commerce'::regnamespace AND proname = 'advance_projection'";

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
        var before = await _world.Rows(Made);

        await _world.Project();

        Assert.That(await _world.Rows(Made), Is.EqualTo(before).And.Count.EqualTo(1));
    }

    [Test]
    public async Task What_an_earlier_version_made_gets_what_it_lacks()
    {
        await _world.Execute("""
            ALTER TABLE commerce.projection_checkpoints DROP COLUMN error_position, DROP COLUMN error_type;
            COMMENT ON FUNCTION commerce.advance_projection(text, int, bigint, bigint) IS NULL;
            """);

        await _world.Project();

        Assert.That(
            await _world.Rows("SELECT attname FROM pg_attribute WHERE attrelid = 'commerce.projection_checkpoints'::regclass AND attname LIKE 'error\\_%' AND NOT attisdropped ORDER BY 1"),
            Is.EqualTo((string[])["error_position", "error_type"]));
    }

    [Test]
    public async Task A_function_that_is_gone_is_made_anew()
    {
        await _world.Execute("DROP FUNCTION commerce.advance_projection(text, int, bigint, bigint)");

        await _world.Project();

        Assert.That(await _world.Rows(Made), Has.Count.EqualTo(1));
    }
}
