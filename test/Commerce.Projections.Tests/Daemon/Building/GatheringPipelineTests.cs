using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Daemon.Building;
using Commerce.Projections.Daemon.Feeding;
using Commerce.Projections.Documents;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Daemon.Building;

/// <summary>Builds write what many batches change at once.</summary>
public sealed class GatheringPipelineTests
{
    const string Schema = "beside";

    static readonly ReadSchemas Schemas = ReadSchemas.Beside(Schema);

    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp()
    {
        _world = await ReadModelWorld.Create();
        await OneOrderWithEverything(_world);
        await _world.Append(OrderStream(2), Placed(2, "bob", "France", Line(1, "CUP", 1, 2m)));
    }

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(5)]
    [TestCase(1_000)]
    public async Task However_many_are_gathered_they_make_the_same(int gatheredEventsMax)
    {
        await _world.Project();

        foreach (var projection in _world.Projections.Where(p => p.IsGathered))
        {
            await using var pipeline = await Begin(projection, gatheredEventsMax);
            foreach (var batch in await Batches(pipeline.Saved, projection))
            {
                await pipeline.Project(batch, CancellationToken.None);
            }

            await pipeline.Settle(CancellationToken.None);
        }

        Assert.That(await Documents(Schemas), Is.EqualTo(await Documents(ReadSchemas.Live())).And.Not.Empty);
    }

    [Test]
    public async Task What_is_written_is_where_a_build_goes_on_that_was_cut_short()
    {
        await _world.Project();
        var orders = _world.Projections.Single(p => p.Name == ProjectionNames.Orders);
        LogPosition saved;
        await using (var first = await Begin(orders, gatheredEventsMax: 4))
        {
            foreach (var batch in (await Batches(first.Saved, orders)).Take(7))
            {
                await first.Project(batch, CancellationToken.None);
            }

            await first.DisposeAsync();
            saved = first.Saved;
        }

        await using var next = await Begin(orders, gatheredEventsMax: 1_000);
        Assert.That(next.Saved, Is.EqualTo(saved).And.GreaterThan(LogPosition.Start));
        foreach (var batch in await Batches(next.Saved, orders))
        {
            await next.Project(batch, CancellationToken.None);
        }

        await next.Settle(CancellationToken.None);

        Assert.That(await Orders(Schemas), Is.EqualTo(await Orders(ReadSchemas.Live())));
    }

    [Test]
    public async Task An_event_whose_document_cannot_be_written_is_found_and_what_comes_before_it_is_there()
    {
        // PostgreSQL keeps no NUL in a document.
        var broken = await _world.Append(Product.StreamOf(Sku.Of("MUG")), new ProductEvent.Registered(Sku.Of("MUG"), "Mug\0", Pounds(3m)));
        await _world.Append(Product.StreamOf(Sku.Of("BOWL")), new ProductEvent.Registered(Sku.Of("BOWL"), "Bowl", Pounds(4m)));

        var failure = Assert.ThrowsAsync<PoisonEventException>(
            async () => await _world.Builder().Build(Schema, [ProjectionNames.Products], await _world.Log.Head(CancellationToken.None), null, CancellationToken.None));

        Assert.That(failure?.Event.Position, Is.EqualTo(broken));
        Assert.That(await _world.Rows($"SELECT id FROM {Schema}.mt_doc_productview"), Is.EqualTo((string[])["CUP"]));
    }

    [Test]
    public void A_document_is_written_once_as_it_was_left_and_is_there_or_not_as_it_was_before()
    {
        var gathered = new GatheredChanges();
        gathered.Add(Changes(c => c.Add<StockView, string>([Stock("new", 1), Stock("short", 1)])));
        gathered.Add(Changes(c => c.Store<StockView, string>([Stock("new", 2), Stock("old", 1)])));
        gathered.Add(Changes(c => c.Delete<StockView, string>(["short", "gone"])));

        Assert.That((gathered.TryFind<StockView, string>("new", out var found), found?.OnHand), Is.EqualTo((true, 2)));
        Assert.That((gathered.TryFind<StockView, string>("gone", out found), found), Is.EqualTo((true, (StockView?)null)));
        Assert.That(gathered.TryFind<StockView, string>("never", out _), Is.False);
        var written = new Listed();
        foreach (var write in gathered.Release(new CheckpointMove("stock", 1, LogPosition.Start, new LogPosition(3))).Documents)
        {
            write.Accept(written);
        }

        Assert.That(written.Writes, Is.EqualTo((string[])["add new 2", "store old 1", "delete gone"]));
        Assert.That(gathered.TryFind<StockView, string>("new", out _), Is.False, "it is handed over");
    }

    async Task<IPipeline> Begin(IProjection projection, int gatheredEventsMax)
    {
        var beside = projection.In(Schemas);
        var store = new PostgresDocumentStore(_world.Database, Schemas);
        var position = await new CheckpointStore(_world.Database, Schemas).PrepareBuild(beside, request: -1, end: null, CancellationToken.None);
        var options = new ProjectionOptions { ConnectionString = "unused", GatheredEventsMax = gatheredEventsMax };
        return new GatheringPipeline(beside, store, new BatchProjector(beside, store, ReadModelWorld.NothingSkipped), options, position);
    }

    // One of each event.
    async Task<List<EventBatch>> Batches(LogPosition after, IProjection projection) =>
        [.. ReadModelWorld.Logged((await _world.Events(after, projection.Filter)).Where(projection.Reads)).Select(e => new EventBatch([e], e.Recorded.Position, 1))];

    async Task<List<string>> Documents(ReadSchemas schemas) =>
        [.. await Orders(schemas), .. await _world.Rows($"SELECT data::text FROM {schemas.Documents}.mt_doc_productview ORDER BY id")];

    async Task<List<string>> Orders(ReadSchemas schemas) =>
    [
        .. await _world.Rows($"SELECT data::text FROM {schemas.Documents}.mt_doc_orderview ORDER BY id"),
        .. await _world.Rows($"SELECT data::text FROM {schemas.Documents}.mt_doc_paymentview ORDER BY id"),
        .. await _world.Rows($"SELECT p::text FROM {schemas.Facts}.payment_ledger AS p ORDER BY position"),
    ];

    static DocumentChanges Changes(Action<DocumentChanges> change)
    {
        var changes = new DocumentChanges();
        change(changes);
        return changes;
    }

    static StockView Stock(string id, int onHand) => new() { Id = id, Sku = id, Location = "main", OnHand = onHand };

    sealed class Listed : IDocumentWriter
    {
        public List<string> Writes { get; } = [];

        public void Add<T, TId>(IReadOnlyList<T> documents)
            where T : class, IDocument<TId>
            where TId : notnull => Put<T, TId>("add", documents);

        public void Store<T, TId>(IReadOnlyList<T> documents)
            where T : class, IDocument<TId>
            where TId : notnull => Put<T, TId>("store", documents);

        public void Delete<T, TId>(IReadOnlyList<TId> ids)
            where T : class, IDocument<TId>
            where TId : notnull => Writes.AddRange(ids.Select(id => $"delete {id}"));

        void Put<T, TId>(string how, IReadOnlyList<T> documents)
            where T : class, IDocument<TId>
            where TId : notnull => Writes.AddRange(documents.Select(d => $"{how} {d.Id} {(d as StockView)?.OnHand}"));
    }
}
