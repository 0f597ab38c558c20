using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Tests.Documents;

/// <summary>Readers who know a version of a document are given it only where it changed.</summary>
[TestFixtureSource(typeof(DocumentEngine), nameof(DocumentEngine.All))]
sealed class ChangedDocumentsTests(DocumentEngine engine)
{
    ReadModelWorld _world;
    long _written;

    [SetUp]
    public async Task SetUp()
    {
        _world = await ReadModelWorld.Create(documents: engine);
        _written = 0;
        await _world.Project();
        await Store("A", 1);
        await Store("B", 1);
    }

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task Who_knows_no_version_gets_all_that_is_there()
    {
        var found = await Load([("A", Guid.Empty), ("B", Guid.Empty), ("none", Guid.Empty)]);

        Assert.That(found.Select(d => (d.Id, d.Changed?.OnHand)), Is.EquivalentTo(new (string, long?)[] { ("A", 1), ("B", 1) }));
        Assert.That(found.Select(d => d.JsonBytes), Is.All.GreaterThan(0));
    }

    [Test]
    public async Task Who_knows_the_version_gets_only_what_changed_since()
    {
        var known = (await Load([("A", Guid.Empty), ("B", Guid.Empty)])).ToDictionary(d => d.Id, d => d.Version);
        await Store("B", 2);

        var found = (await Load([("A", known["A"]), ("B", known["B"])])).ToDictionary(d => d.Id);

        Assert.That((found["A"].Version, found["A"].Changed), Is.EqualTo((known["A"], (StockView?)null)));
        Assert.That(found["B"].Version, Is.Not.EqualTo(known["B"]));
        Assert.That(found["B"].Changed?.OnHand, Is.EqualTo(2));
    }

    [Test]
    public async Task Readers_are_told_how_far_the_projection_was_when_they_read()
    {
        var before = (await Read("A")).State;
        await Store("A", 2);
        var after = (await Read("A")).State;

        Assert.That((before?.Position, after?.Position), Is.EqualTo((_written - 1, _written)));
        Assert.That(after?.MovedAt, Is.GreaterThan(before?.MovedAt ?? DateTime.MaxValue));
        Assert.That((await _world.Store.LoadChanged<StockView, string>("no-projection", [], [], CancellationToken.None)).State, Is.Null);
    }

    [Test]
    public async Task Readers_who_keep_what_they_read_see_each_change_and_each_removal()
    {
        var reads = new DocumentReads<StockView, string>(_world.Store, ProjectionNames.Stock);
        var first = await reads.Find("A", CancellationToken.None);
        Assert.That(await reads.Find("A", CancellationToken.None), Is.SameAs(first));

        await Store("B", 2);
        Assert.That(await reads.Find("A", CancellationToken.None), Is.SameAs(first), "Another one was changed.");

        await Store("A", 2);
        Assert.That((await reads.Find("A", CancellationToken.None))?.OnHand, Is.EqualTo(2));

        await Write(changes => changes.Delete<StockView, string>(["A"]));
        Assert.That(await reads.Find("A", CancellationToken.None), Is.Null);

        await Store("A", 3);
        Assert.That((await reads.Find("A", CancellationToken.None))?.OnHand, Is.EqualTo(3));
    }

    [Test]
    public async Task While_the_projection_writes_nothing_nobody_looks_at_a_row_that_was_read()
    {
        var reads = new DocumentReads<StockView, string>(_world.Store, ProjectionNames.Stock);
        var first = await reads.Find("A", CancellationToken.None);
        await _world.Rows("DELETE FROM mt_doc_stockview WHERE id = 'A'");
        Assert.That(await reads.Find("A", CancellationToken.None), Is.SameAs(first));
        Assert.That((await reads.Find("B", CancellationToken.None))?.OnHand, Is.EqualTo(1), "What was not read yet is.");

        // As a rebuild does that takes the place of what was there: the position stays.
        await _world.Rows($"UPDATE commerce.projection_checkpoints SET updated_at = now() WHERE name = '{ProjectionNames.Stock}'");
        Assert.That(await reads.Find("A", CancellationToken.None), Is.Null);
    }

    async Task<IReadOnlyList<StoredDocument<StockView, string>>> Load(IReadOnlyList<(string Id, Guid Known)> wanted) => (await _world.Store.LoadChanged<StockView, string>(
        ProjectionNames.Stock, [.. wanted.Select(w => w.Id)], [.. wanted.Select(w => w.Known)], CancellationToken.None)).Documents;

    Task<ReadDocuments<StockView, string>> Read(string id) => _world.Store.LoadChanged<StockView, string>(ProjectionNames.Stock, [id], [Guid.Empty], CancellationToken.None);

    Task Store(string id, long onHand) => Write(changes => changes.Store<StockView, string>([new StockView { Id = id, Sku = id, Location = "main", OnHand = onHand }]));

    // As the projection does it: with its checkpoint.
    async Task Write(Action<DocumentChanges> change)
    {
        var version = _world.Projections.Single(p => p.Name == ProjectionNames.Stock).Version;
        var changes = new DocumentChanges { Checkpoint = new(ProjectionNames.Stock, version, new(_written), new(++_written)) };
        change(changes);
        await _world.Store.Commit(changes, CancellationToken.None);
    }
}
