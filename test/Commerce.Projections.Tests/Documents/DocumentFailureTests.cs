using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Projections.Tests.Documents;

/// <summary>What does not go well is told in the port's words, whichever library writes the documents.</summary>
[TestFixtureSource(typeof(DocumentEngine), nameof(DocumentEngine.All))]
sealed class DocumentFailureTests(DocumentEngine engine)
{
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    ReadModelWorld _world;

    [SetUp]
    public async Task SetUp()
    {
        _world = await ReadModelWorld.Create(documents: engine);
        await _world.Project();
        var changes = new DocumentChanges();
        changes.Store<StockView, string>([new StockView { Id = "CUP@main", Sku = "CUP", Location = "main" }]);
        await _world.Store.Commit(changes, CancellationToken.None);
    }

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public void What_is_cancelled_under_way_ends_as_cancelled()
    {
        using var cancelled = new CancellationTokenSource(Patience);
        var changes = new DocumentChanges();
        changes.Execute(new SqlStatement("SELECT pg_sleep(60)"));

        Assert.CatchAsync<OperationCanceledException>(() => _world.Store.Query<StockView>("where pg_sleep(60) is null", [], cancelled.Token));
        Assert.CatchAsync<OperationCanceledException>(() => _world.Store.Commit(changes, cancelled.Token));
    }

    [Test]
    public async Task A_table_that_is_not_there_is_not_built_yet()
    {
        await _world.Rows("DROP TABLE mt_doc_stockview CASCADE");

        Assert.That(
            Assert.ThrowsAsync<ReadModelUnavailableException>(() => _world.Store.Query<StockView>("", [], CancellationToken.None))?.IsNotBuilt, Is.True);
    }

    [Test]
    public void What_PostgreSQL_refuses_it_says_itself()
    {
        var changes = new DocumentChanges();
        changes.Execute(new SqlStatement("SELECT 1 / 0"));

        Assert.That(Assert.ThrowsAsync<PostgresException>(() => _world.Store.Query<StockView>("where 1 / length(d.id) = 1 / 0", [], CancellationToken.None))?.SqlState, Is.EqualTo(PostgresErrorCodes.DivisionByZero));
        Assert.That(Assert.ThrowsAsync<PostgresException>(() => _world.Store.Commit(changes, CancellationToken.None))?.SqlState, Is.EqualTo(PostgresErrorCodes.DivisionByZero));
    }
}
