namespace Commerce.Projections.Documents;

/// <summary>
/// Reads documents of one type by their ids for many callers: who asks while statements are under way is answered by the next one, with all
/// the others who wait. A statement costs PostgreSQL much the same for one document as for some, and one caller alone waits for nobody.
/// What was read is kept, and read again only where the table has another version of it by then.
/// </summary>
/// <remarks>Each statement is begun after its callers asked, so nobody gets what was there before they did. Who gets the same object as before got the same document.</remarks>
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
    readonly KeptDocuments<T, TId> _kept = new();
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
                var found = await Load([.. some.Select(w => w.Id).Distinct()]).ConfigureAwait(false);
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

    async Task<Dictionary<TId, T>> Load(TId[] ids)
    {
        var (known, versions) = (new Dictionary<TId, T>(ids.Length), new Guid[ids.Length]);
        for (var n = 0; n < ids.Length; n++)
        {
            if (_kept.TryFind(ids[n], out var document, out versions[n]))
            {
                known[ids[n]] = document;
            }
        }

        var found = new Dictionary<TId, T>(ids.Length);
        foreach (var stored in await store.LoadChanged<T, TId>(ids, versions, CancellationToken.None).ConfigureAwait(false))
        {
            if (stored.Changed is { } changed)
            {
                _kept.Keep(stored.Id, changed, stored.Version, stored.JsonBytes);
            }

            found[stored.Id] = stored.Changed ?? known[stored.Id];
        }

        foreach (var gone in known.Keys.Where(id => !found.ContainsKey(id)))
        {
            _kept.Forget(gone);
        }

        return found;
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
