using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Daemon.Feeding;
using Commerce.Projections.Documents;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Daemon;

public sealed class ProjectionPipelineTests
{
    static readonly ProjectionOptions Options = new() { ConnectionString = "unused" };

    ReadModelWorld _world;
    WatchedStore _store;
    IProjection _stock;

    [SetUp]
    public async Task SetUp()
    {
        _world = await ReadModelWorld.Create();
        _store = new WatchedStore(_world.Store);
        _stock = _world.Projections.Single(p => p.Name == ProjectionNames.Stock);
    }

    [TearDown]
    public async Task TearDown() => await _world.DisposeAsync();

    [Test]
    public async Task Documents_of_the_last_batches_are_not_loaded_again()
    {
        await Receive(3);
        await using var pipeline = await Lead();

        foreach (var batch in await Batches(pipeline.Saved))
        {
            await pipeline.Project(batch, CancellationToken.None);
        }

        await pipeline.Settle(CancellationToken.None);
        Assert.That((await OnHand(), _store.Loaded), Is.EqualTo((3L, 0)));
    }

    [Test]
    public async Task Documents_that_are_kept_are_not_trusted_once_another_node_moved_the_checkpoint()
    {
        await Receive(1);
        await using var old = await Lead();
        await old.Project((await Batches(old.Saved)).Single(), CancellationToken.None);
        await old.Settle(CancellationToken.None);

        // The old leader does not know that it is one no more: it keeps a document with one unit.
        await using var other = await Lead();
        await Receive(1);
        await other.Project((await Batches(other.Saved)).Single(), CancellationToken.None);
        await other.Settle(CancellationToken.None);
        await Receive(1);
        await old.Project((await Batches(old.Saved))[^1], CancellationToken.None);
        Assert.ThrowsAsync<CheckpointMovedException>(() => old.Settle(CancellationToken.None));

        await using var again = await Lead();
        await again.Project((await Batches(again.Saved)).Single(), CancellationToken.None);
        await again.Settle(CancellationToken.None);
        Assert.That(await OnHand(), Is.EqualTo(3));
    }

    [Test]
    public async Task A_batch_whose_predecessor_was_not_written_is_not_written_either()
    {
        await Receive(2);
        await using (var pipeline = await Lead())
        {
            var batches = await Batches(pipeline.Saved);
            _store.Fail = WatchedStore.Failure.NotWritten;
            await pipeline.Project(batches[0], CancellationToken.None);
            Assert.ThrowsAsync<ReadModelUnavailableException>(() => pipeline.Project(batches[1], CancellationToken.None));
        }

        Assert.That(await _world.Rows("SELECT data FROM mt_doc_stockview"), Is.Empty);
        Assert.That((await _world.Checkpoints.ReadAll(CancellationToken.None))[ProjectionNames.Stock].Position, Is.EqualTo(LogPosition.Start));
    }

    [Test]
    public async Task Whatever_write_a_crash_cuts_short_whole_batches_are_there_and_none_is_there_twice([Range(1, 6)] int seed)
    {
#pragma warning disable CA5394 // Not a secret: crashes that can be drawn again.
        var random = new Random(seed);
        await Receive(20);
        var crashes = 0;
        for (var saved = 0L; saved < 20;)
        {
            await using (var pipeline = await Lead())
            {
                try
                {
                    foreach (var batch in await Batches(pipeline.Saved))
                    {
                        _store.Fail = random.Next(5) switch { 0 => WatchedStore.Failure.NotWritten, 1 => WatchedStore.Failure.AnswerLost, _ => null };
                        await pipeline.Project(batch, CancellationToken.None);
                    }

                    await pipeline.Settle(CancellationToken.None);
                }
                catch (Exception e) when (e is ReadModelUnavailableException or CheckpointMovedException)
                {
                    crashes++;
                }
            }

            saved = (await _world.Checkpoints.ReadAll(CancellationToken.None))[ProjectionNames.Stock].Position.Value;
            Assert.That(saved == 0 ? 0 : await OnHand(), Is.EqualTo(saved), $"after {crashes} crashes");
        }
#pragma warning restore CA5394
        Assert.That(crashes, Is.Positive);
    }

    async Task<ProjectionPipeline> Lead()
    {
        _store.Fail = null;
        var position = await _world.Prepare(_stock);
        return new(_stock, _store, new(_stock, _store, ReadModelWorld.NothingSkipped), Options, TimeProvider.System, position);
    }

    async Task Receive(int events)
    {
        for (var n = 0; n < events; n++)
        {
            await _world.Append(StockStream("CUP"), new StockEvent.Received(1, $"delivery {n}"));
        }
    }

    // One of each event.
    async Task<List<EventBatch>> Batches(LogPosition after) =>
        [.. ReadModelWorld.Logged(await _world.Events(after, _stock.Filter)).Select(e => new EventBatch([e], e.Recorded.Position, 1))];

    async Task<long> OnHand() => (await _world.Store.Load<StockView, string>(["CUP@main"], CancellationToken.None)).Single().OnHand;

    /// <summary>Counts what is loaded, and crashes when it is told to.</summary>
    sealed class WatchedStore(IDocumentStore store) : IDocumentStore
    {
        public enum Failure
        {
            NotWritten,
            AnswerLost,
        }

        public int Loaded { get; private set; }

        public Failure? Fail { get; set; }

        public Task<IReadOnlyList<T>> Load<T, TId>(IReadOnlyCollection<TId> ids, CancellationToken cancellationToken)
            where T : class, IDocument<TId>
            where TId : notnull
        {
            Loaded += ids.Count;
            return store.Load<T, TId>(ids, cancellationToken);
        }

        public Task<ReadDocuments<T, TId>> LoadChanged<T, TId>(string projection, IReadOnlyList<TId> ids, IReadOnlyList<Guid> known, CancellationToken cancellationToken)
            where T : class, IDocument<TId>
            where TId : notnull => store.LoadChanged<T, TId>(projection, ids, known, cancellationToken);

        public Task<IReadOnlyList<T>> Query<T>(string sql, IReadOnlyList<object> parameters, CancellationToken cancellationToken)
            where T : class => store.Query<T>(sql, parameters, cancellationToken);

        public async Task Commit(DocumentChanges changes, CancellationToken cancellationToken)
        {
            var fail = Fail;
            if (fail != Failure.NotWritten)
            {
                await store.Commit(changes, cancellationToken);
            }

            if (fail is not null)
            {
                throw new ReadModelUnavailableException("It crashed.");
            }
        }
    }
}
