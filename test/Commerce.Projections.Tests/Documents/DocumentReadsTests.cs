using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Tests.Documents;

/// <summary>Many callers who read documents by their ids.</summary>
public sealed class DocumentReadsTests
{
    HeldStore _store;
    DocumentReads<StockView, string> _reads;

    [SetUp]
    public void SetUp()
    {
        _store = new();
        _reads = new(_store, ProjectionNames.Stock);
    }

    [Test]
    public async Task Who_asks_while_a_statement_is_under_way_is_answered_by_the_next_with_all_who_wait()
    {
        var first = Find("first");
        var later = Enumerable.Range(0, 50).Select(n => Find($"later-{n % 25}")).ToList();
        _store.Answer();
        await first;
        await _store.Asked(2);
        _store.Answer();

        Assert.That((await Task.WhenAll(later)).Select(d => d?.Id), Is.EqualTo(Enumerable.Range(0, 50).Select(n => $"later-{n % 25}")));
        Assert.That(_store.Statements[1], Is.EquivalentTo(Enumerable.Range(0, 25).Select(n => $"later-{n}")));
    }

    [Test]
    public async Task What_is_not_there_is_null()
    {
        var none = Find("none");
        _store.Answer();

        Assert.That(await none, Is.Null);
    }

    [Test]
    public async Task A_failure_is_everybodys_who_went_along_and_nobodys_later()
    {
        var failed = Find("first");
        _store.Fail(new ReadModelUnavailableException("away"));
        Assert.ThrowsAsync<ReadModelUnavailableException>(() => failed);

        var later = Find("later");
        _store.Answer();
        Assert.That((await later)?.Id, Is.EqualTo("later"));
    }

    [Test]
    public async Task Who_gives_up_leaves_the_others_their_answer()
    {
        using var giveUp = new CancellationTokenSource();
        var (impatient, patient) = (_reads.Find("a", giveUp.Token), Find("b"));
        await giveUp.CancelAsync();
        Assert.That(() => impatient, Throws.InstanceOf<OperationCanceledException>());
        _store.Answer();
        await _store.Asked(2);
        _store.Answer();

        Assert.That((await patient)?.Id, Is.EqualTo("b"));
    }

    Task<StockView?> Find(string id) => _reads.Find(id, CancellationToken.None);

    /// <summary>Answers statements when it is told to.</summary>
    sealed class HeldStore : IDocumentStore
    {
        readonly List<TaskCompletionSource> _held = [];
        TaskCompletionSource _asked = new();

        public List<IReadOnlyCollection<string>> Statements { get; } = [];

        public void Answer() => Release(t => t.SetResult());

        public void Fail(Exception e) => Release(t => t.SetException(e));

        public async Task Asked(int statements)
        {
            while (true)
            {
                Task asked;
                lock (_held)
                {
                    if (Statements.Count >= statements)
                    {
                        return;
                    }

                    asked = _asked.Task;
                }

                await asked;
            }
        }

        public Task<IReadOnlyList<T>> Load<T, TId>(IReadOnlyCollection<TId> ids, CancellationToken cancellationToken)
            where T : class, IDocument<TId>
            where TId : notnull => throw new NotSupportedException();

        public async Task<ReadDocuments<T, TId>> LoadChanged<T, TId>(string projection, IReadOnlyList<TId> ids, IReadOnlyList<Guid> known, CancellationToken cancellationToken)
            where T : class, IDocument<TId>
            where TId : notnull
        {
            var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_held)
            {
                Statements.Add([.. ids.OfType<string>()]);
                _held.Add(held);
                var asked = _asked;
                _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
                asked.TrySetResult();
            }

            await held.Task;
            return new(null, [.. ids.OfType<string>().Where(id => id != "none").Select(Stored).Cast<StoredDocument<T, TId>>()]);
        }

        public Task<IReadOnlyList<T>> Query<T>(string sql, IReadOnlyList<object> parameters, CancellationToken cancellationToken)
            where T : class => throw new NotSupportedException();

        public Task Commit(DocumentChanges changes, CancellationToken cancellationToken) => throw new NotSupportedException();

        static StoredDocument<StockView, string> Stored(string id) => new(id, Guid.CreateVersion7(), new StockView { Id = id, Sku = id, Location = "main" }, 1);

        void Release(Action<TaskCompletionSource> release)
        {
            lock (_held)
            {
                _held.ForEach(release);
                _held.Clear();
            }
        }
    }
}
