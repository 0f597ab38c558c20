using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Daemon.Building;
using Commerce.Projections.Documents;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Daemon.Building;

/// <summary>Read models that are built beside those that people read.</summary>
public sealed class ProjectionBuilderTests
{
    const string Schema = "beside";

    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp() => _world = await ReadModelWorld.Create();

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task What_is_built_from_the_whole_log_is_what_the_daemon_made_of_it()
    {
        await OneOrderWithEverything(_world);
        await _world.Project();

        await Build(await _world.Log.Head(CancellationToken.None));

        Assert.That(await Beside(), Is.EqualTo(await _world.Everything()).And.Not.Empty);
    }

    [Test]
    public async Task What_is_built_is_shown_to_nobody_as_happening_now()
    {
        await OneOrderWithEverything(_world);
        var shown = new StrongBox<long>();
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "commerce.projection.events")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<long>((_, events, _, _) => Interlocked.Add(ref shown.Value, events));
        meters.Start();

        await Build(await _world.Log.Head(CancellationToken.None));
        Assert.That(shown.Value, Is.Zero);

        await using var daemon = _world.Start();
        await daemon.CaughtUp(ProjectionNames.Orders);
        Assert.That(shown.Value, Is.Positive, "what is live is shown");
    }

    [Test]
    public async Task What_is_built_up_to_a_position_is_what_people_read_then()
    {
        await OneOrderWithEverything(_world);
        await _world.Project();
        var (then, at) = (await _world.Everything(), await _world.Log.Head(CancellationToken.None));
        await _world.Append(OrderStream(2), Placed(2, "bob", "France", Line(1, "CUP", 1, 2m)));
        await _world.Project();

        await Build(at);

        Assert.That(await Beside(), Is.EqualTo(then));
        Assert.That(await _world.Everything(), Is.Not.EqualTo(then));
    }

    [Test]
    public async Task Earlier_than_what_is_there_is_made_anew_and_later_is_added_to_it()
    {
        await OneOrderWithEverything(_world);
        var head = await _world.Log.Head(CancellationToken.None);
        await _world.Project();

        await Build(head);
        await Build(LogPosition.Start);
        Assert.That(await Beside(), Is.Empty);

        await Build(new LogPosition(head.Value / 2));
        await Build(head);
        Assert.That(await Beside(), Is.EqualTo(await _world.Everything()));
    }

    [Test]
    public async Task A_build_that_was_cut_short_goes_on_where_it_was()
    {
        await OneOrderWithEverything(_world);
        await _world.Project();
        var head = await _world.Log.Head(CancellationToken.None);
        CutShort(head);
        await Build(head);

        Assert.That(await Beside(), Is.EqualTo(await _world.Everything()));
    }

    [Test]
    public async Task What_an_older_version_began_outside_the_write_ahead_log_ends_in_it()
    {
        await OneOrderWithEverything(_world);
        await _world.Project();
        var head = await _world.Log.Head(CancellationToken.None);
        CutShort(head);
        Assert.That(await Outside(), Is.Empty, "a crash of the server leaves what is half built");

        // Of the projections that had begun by then, at least the one that told.
        var begun = await _world.Rows($"SELECT relname FROM pg_class WHERE relnamespace = '{Schema}'::regnamespace AND relkind = 'r' AND relname <> 'projection_checkpoints'");
        Assert.That(begun, Is.Not.Empty);
        await _world.Execute(string.Concat(begun.Select(t => $"ALTER TABLE {Schema}.{t} SET UNLOGGED;")));
        await Build(head);

        Assert.That(await Outside(), Is.Empty);
        Assert.That(await Beside(), Is.EqualTo(await _world.Everything()));
    }

    [Test]
    public async Task What_a_crash_of_the_server_emptied_is_made_anew()
    {
        await OneOrderWithEverything(_world);
        await _world.Project();
        var head = await _world.Log.Head(CancellationToken.None);
        await Build(head);

        // As it leaves what is finished, and what an older version began outside its write-ahead log.
        await _world.Execute($"TRUNCATE {Schema}.projection_checkpoints");
        await Build(head);

        Assert.That(await Beside(), Is.EqualTo(await _world.Everything()));
    }

    [Test]
    public async Task An_event_that_cannot_be_applied_ends_the_build_and_is_named()
    {
        var broken = await _world.AppendRaw(OrderStream(2), "order-placed.v1", "{\"order\":17}"u8.ToArray());

        Assert.That(() => Build(broken), Throws.TypeOf<PoisonEventException>().With.Property("Event").Property("Position").EqualTo(broken));
    }

    [Test]
    public async Task Nothing_is_left_of_a_build_that_is_dropped()
    {
        await Build(LogPosition.Start);

        await _world.Builder().Drop(Schema, CancellationToken.None);

        Assert.That(await _world.Rows($"SELECT nspname FROM pg_namespace WHERE nspname = '{Schema}'"), Is.Empty);
    }

    [TestCase("public")]
    [TestCase("analytics")]
    [TestCase("pg_catalog")]
    [TestCase("a; drop table b")]
    public void Where_something_lives_nothing_is_built(string schema) => Assert.That(
        () => _world.Builder().Build(schema, ProjectionNames.All, LogPosition.Start, null, CancellationToken.None), Throws.ArgumentException);

    void CutShort(LogPosition end)
    {
        using var stop = new CancellationTokenSource();
        Assert.That(
            () => _world.Builder(batchEventsMax: 1).Build(Schema, ProjectionNames.All, end, new Told(p => Cancel(p, stop)), stop.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }

    static void Cancel(BuildProgress progress, CancellationTokenSource stop)
    {
        if (progress.Position > LogPosition.Start)
        {
            stop.Cancel();
        }
    }

    Task<List<string>> Outside() =>
        _world.Rows($"SELECT relname FROM pg_class WHERE relnamespace = '{Schema}'::regnamespace AND relkind = 'r' AND relpersistence <> 'p'");

    Task Build(LogPosition end) => _world.Builder().Build(Schema, ProjectionNames.All, end, null, CancellationToken.None);

    Task<List<string>> Beside() => _world.Everything(ReadSchemas.Beside(Schema));

    sealed class Told(Action<BuildProgress> tell) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value) => tell(value);
    }
}
