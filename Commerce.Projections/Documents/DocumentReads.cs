namespace Commerce.Projections.Documents;

/// <summary>
/// Reads documents of one type by their ids for many callers: who asks while statements are under way is answered by the next one, with all
/// the others who wait. A statement costs PostgreSQL much the same for one document as for some, and one caller alone waits for nobody.
/// </summary>
/// <remarks>Each statement is begun after its callers asked, so nobody gets what was there before they did.</remarks>
/// <param name="store">Where the documents are.</param>
sealed class DocumentReads<T, TId>(IDocumentStore store)
    where T : class, IDocument<TId>
    where TId : notnull
{
    /// <summary>Statements under way at once at most: while the answer of one is being read, the database works at the other.</summary>
    public const int StatementsMax = 2;

    /// <summary>Documents of one statement at most: some megabytes.</summary>
    public const int DocumentsMax = 1_000;

    readonly Lock _lock = new();
    readonly Queue<Wanted> _waiting = new();
    int _underWay;

    /// <summary>The document, or null.</summary>
    /// <exception cref="ReadModelUnavailableException">The read database is not there.</exception>
    public Task<T?> Find(TId id, CancellationToken cancellationToken)
    {
        var wanted = new Wanted(id, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            _waiting.Enqueue(wanted);
            if (_underWay == StatementsMax)
            {
                return wanted.Found.Task.WaitAsync(cancellationToken);
            }

            _underWay++;
        }

        // Answers everybody, so it does not end with who began it; its failures are theirs.
        _ = AnswerAll();
        return wanted.Found.Task.WaitAsync(cancellationToken);
    }

    async Task AnswerAll()
    {
        while (Next() is { Count: > 0 } some)
        {
            try
            {
                var ids = some.Select(w => w.Id).ToHashSet();
                var found = (await store.Load<T, TId>(ids, CancellationToken.None).ConfigureAwait(false)).ToDictionary(d => d.Id);
                foreach (var wanted in some)
                {
                    wanted.Found.SetResult(found.GetValueOrDefault(wanted.Id));
                }
            }
#pragma warning disable CA1031 // Those who wait get it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                foreach (var wanted in some)
                {
                    wanted.Found.TrySetException(e);
                }
            }
        }
    }

    List<Wanted> Next()
    {
        var some = new List<Wanted>();
        lock (_lock)
        {
            while (some.Count < DocumentsMax && _waiting.TryDequeue(out var wanted))
            {
                some.Add(wanted);
            }

            if (some.Count == 0)
            {
                _underWay--;
            }
        }

        return some;
    }

    sealed record Wanted(TId Id, TaskCompletionSource<T?> Found);
}
