using Commerce.Projections.Documents;

namespace Commerce.Projections.Tests.Documents;

/// <summary>Readers who know a version of a document are given it only where it changed.</summary>
[TestFixtureSource(typeof(DocumentEngine), nameof(DocumentEngine.All))]
sealed class ChangedDocumentsTests(DocumentEngine engine)
{
    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp()
    {
        _world = await ReadModelWorld.Create(documents: engine);
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
    public async Task Readers_who_keep_what_they_read_see_each_change_and_each_removal()
    {
        var reads = new DocumentReads<StockView, string>(_world.Store);
        var first = await reads.Find("A", CancellationToken.None);
        Assert.That(await reads.Find("A", CancellationToken.None), Is.SameAs(first));

        await Store("A", 2);
        Assert.That((await reads.Find("A", CancellationToken.None))?.OnHand, Is.EqualTo(2));

        await _world.Rows("DELETE FROM mt_doc_stockview");
        Assert.That(await reads.Find("A", CancellationToken.None), Is.Null);

        await Store("A", 3);
        Assert.That((await reads.Find("A", CancellationToken.None))?.OnHand, Is.EqualTo(3));
    }

    Task<IReadOnlyList<StoredDocument<StockView, string>>> Load(IReadOnlyList<(string Id, Guid Known)> wanted) =>
        _world.Store.LoadChanged<StockView, string>([.. wanted.Select(w => w.Id)], [.. wanted.Select(w => w.Known)], CancellationToken.None);

    async Task Store(string id, long onHand)
    {
        var changes = new DocumentChanges();
        changes.Store<StockView, string>([new StockView { Id = id, Sku = id, Location = "main", OnHand = onHand }]);
        await _world.Store.Commit(changes, CancellationToken.None);
    }
}
