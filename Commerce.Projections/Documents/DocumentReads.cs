namespace Commerce.Projections.Documents;

/// <summary>
/// Reads documents of one type by their ids for many callers: who asks while a statement is under way is answered by the next one, with all
/// the others who wait. A statement costs PostgreSQL much the same for one document as for some, so two at once cost twice as much and take nobody further.
/// One caller alone waits for nobody.
/// What was read is kept: while its projection has written nothing since, nobody looks at its row, and then it is read again only where the table has another
/// version of it.
/// </summary>
/// <remarks>
/// Each statement is begun after its callers asked, so nobody gets what was there before they did. Who gets the same object as before got the same document.
/// A row that is changed by hand is seen when the projection next writes: only what projections write is what the log says.
/// </remarks>
/// <param name="store">Where the documents are.</param>
/// <param name="projection">Name of the projection that writes them.</param>
sealed class DocumentReads<T, TId>(IDocumentStore store, string projection)
    where T : class, IDocument<TId>
    where TId : notnull
{
    /// <summary>Documents of one statement at most: some megabytes.</summary>
    public const int DocumentsMax = 1_000;

    readonly Lock _lock = new();
    readonly Queue<Wanted> _waiting = new();
    readonly KeptDocuments<T, TId> _kept = new();
    DocumentsState? _state;
    bool _isUnderWay;

    /// <summary>The document, or null.</summary>
    /// <exception cref="ReadModelUnavailableException">The read database is not there.</exception>
    public Task<T?> Find(TId id, CancellationToken cancellationToken)
    {
        var wanted = new Wanted(id, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            _waiting.Enqueue(wanted);
            if (_isUnderWay)
            {
                return wanted.Found.Task.WaitAsync(cancellationToken);
            }

            _isUnderWay = true;
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
        var (state, found, unchanged, others) = (_state, new Dictionary<TId, T>(ids.Length), new List<(TId Id, T Document)>(ids.Length), new List<TId>());
        foreach (var id in ids)
        {
            if (_kept.TryFind(id, out var kept) && kept.State is not null && kept.State == state)
            {
                unchanged.Add((id, kept.Document));
            }
            else
            {
                others.Add(id);
            }
        }

        var now = await Look(others, found).ConfigureAwait(false);
        if (now != state && unchanged.Count > 0)
        {
            await Look([.. unchanged.Select(u => u.Id)], found).ConfigureAwait(false);
            return found;
        }

        foreach (var (id, document) in unchanged)
        {
            found[id] = document;
        }

        return found;
    }

    // Takes what is there of these into those that are found, and says how far the projection was at least.
    async Task<DocumentsState?> Look(List<TId> ids, Dictionary<TId, T> found)
    {
        var (known, versions) = (new Dictionary<TId, KeptDocument<T>>(ids.Count), new Guid[ids.Count]);
        for (var n = 0; n < versions.Length; n++)
        {
            if (_kept.TryFind(ids[n], out var kept))
            {
                known[ids[n]] = kept;
                versions[n] = kept.Version;
            }
        }

        var read = await store.LoadChanged<T, TId>(projection, ids, versions, CancellationToken.None).ConfigureAwait(false);
        foreach (var stored in read.Documents)
        {
            var kept = stored.Changed is { } changed ? new(changed, stored.Version, stored.JsonBytes, read.State) : known[stored.Id] with { State = read.State };
            _kept.Keep(stored.Id, kept);
            found[stored.Id] = kept.Document;
        }

        foreach (var gone in known.Keys.Where(id => !found.ContainsKey(id)))
        {
            _kept.Forget(gone);
        }

        return _state = read.State;
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

            _isUnderWay = some.Count > 0;
        }

        return some;
    }

    sealed record Wanted(TId Id, TaskCompletionSource<T?> Found);
}
