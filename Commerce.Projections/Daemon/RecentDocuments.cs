using Commerce.Projections.Documents;

namespace Commerce.Projections.Daemon;

/// <summary>
/// Documents as the last batches of one projection left them, so that live processing loads little and a batch can be projected
/// while the one before it is still being written.
/// </summary>
/// <remarks>
/// What is in here stands for the projection's checkpoint and is good for nothing else. It begins empty with each lead, and what a
/// projection makes of it is written only where the checkpoint is still where this lead left it: where another node has moved it,
/// the write fails with <see cref="CheckpointMovedException"/>, the lead ends, and all of this is forgotten.
/// </remarks>
public sealed class RecentDocuments
{
    readonly IDocumentStore _store;
    readonly int _youngMax;
    readonly Dictionary<Type, IKind> _kinds = [];
    readonly GatheredChanges _gathered = new();
    Task _written = Task.CompletedTask;
    int _young;

    /// <summary>None yet.</summary>
    /// <param name="store">Where the others lie.</param>
    /// <param name="documentsMax">Documents that are kept at most, beside those of the last batch.</param>
    internal RecentDocuments(IDocumentStore store, int documentsMax) => (_store, _youngMax) = (store, Math.Max(1, documentsMax / 2));

    /// <summary>
    /// Ends when all that batches before this one changed is in the database: for a projection that reads rows there by itself, and is not gathered.
    /// </summary>
    /// <exception cref="Exception">It could not be written.</exception>
    public Task Written => _written;

    /// <summary>The documents that exist among these ids, as the batches before left them.</summary>
    public async Task<Dictionary<TId, T>> Load<T, TId>(IReadOnlyCollection<TId> ids, CancellationToken cancellationToken)
        where T : class, IDocument<TId>
        where TId : notnull
    {
        var found = new Dictionary<TId, T>(ids.Count);
        var (kind, missing) = (KindOf<T, TId>(), new List<TId>());
        foreach (var id in ids)
        {
            if (!_gathered.TryFind<T, TId>(id, out var document) && !kind.TryFind(id, out document))
            {
                missing.Add(id);
            }
            else if (document is not null)
            {
                found[id] = document;
            }
        }

        foreach (var document in missing.Count == 0 ? [] : await _store.Load<T, TId>(missing, cancellationToken))
        {
            found[document.Id] = document;
        }

        return found;
    }

    /// <summary>Takes over what a batch changes, which is written later, with what follows.</summary>
    internal void Gather(DocumentChanges changes) => _gathered.Add(changes);

    /// <summary>Hands over all that was gathered, to be written now; whoever writes it has it taken over again.</summary>
    internal DocumentChanges Release(CheckpointMove checkpoint) => _gathered.Release(checkpoint);

    /// <summary>Takes over what a batch changes, which is being written.</summary>
    internal void Take(DocumentChanges changes, Task written)
    {
        if (_young >= _youngMax)
        {
            // Whole batches grow old together, never the one that is being written: those after it have to find it here.
            foreach (var kind in _kinds.Values)
            {
                kind.GrowOld();
            }

            _young = 0;
        }

        _written = written;
        var writer = new Writer(this);
        foreach (var write in changes.Documents)
        {
            write.Accept(writer);
        }
    }

    Kind<T, TId> KindOf<T, TId>()
        where T : class, IDocument<TId>
        where TId : notnull
    {
        if (_kinds.GetValueOrDefault(typeof(T)) is Kind<T, TId> kind)
        {
            return kind;
        }

        var first = new Kind<T, TId>();
        _kinds[typeof(T)] = first;
        return first;
    }

    interface IKind
    {
        void GrowOld();
    }

    /// <summary>Two generations: what was not touched while the young one filled is forgotten. Null: deleted.</summary>
    sealed class Kind<T, TId> : IKind
        where T : class, IDocument<TId>
        where TId : notnull
    {
        Dictionary<TId, T?> _young = [];
        Dictionary<TId, T?> _old = [];

        public bool TryFind(TId id, out T? document) => _young.TryGetValue(id, out document) || _old.TryGetValue(id, out document);

        /// <summary>Whether it is new among the young.</summary>
        public bool Put(TId id, T? document)
        {
            var isNew = !_young.ContainsKey(id);
            _young[id] = document;
            return isNew;
        }

        // The table is used again: a new one would grow through all sizes, large ones that only a full collection frees.
        public void GrowOld()
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }
    }

    sealed class Writer(RecentDocuments recent) : IDocumentWriter
    {
        public void Store<T, TId>(IReadOnlyList<T> documents)
            where T : class, IDocument<TId>
            where TId : notnull
        {
            var kind = recent.KindOf<T, TId>();
            foreach (var document in documents)
            {
                recent._young += kind.Put(document.Id, document) ? 1 : 0;
            }
        }

        public void Delete<T, TId>(IReadOnlyList<TId> ids)
            where T : class, IDocument<TId>
            where TId : notnull
        {
            var kind = recent.KindOf<T, TId>();
            foreach (var id in ids)
            {
                recent._young += kind.Put(id, null) ? 1 : 0;
            }
        }
    }
}
