using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Commerce.Projections.Documents;

/// <summary>What several batches change, for one transaction to write: each document once, as the last of them left it.</summary>
sealed class GatheredChanges
{
    readonly Dictionary<Type, IKind> _kinds = [];
    readonly List<SqlStatement> _statements = [];

    /// <summary>Adds what a batch changes that was projected on what the ones before it left.</summary>
    public void Add(DocumentChanges changes)
    {
        var writer = new Writer(this);
        foreach (var write in changes.Documents)
        {
            write.Accept(writer);
        }

        _statements.AddRange(changes.Statements);
    }

    /// <summary>The document as it was left; null: deleted.</summary>
    public bool TryFind<T, TId>(TId id, out T? document)
        where T : class, IDocument<TId>
        where TId : notnull
    {
        document = null;
        return _kinds.TryGetValue(typeof(T), out var kind) && ((Kind<T, TId>)kind).TryFind(id, out document);
    }

    /// <summary>Hands over all of it, and holds nothing any more.</summary>
    /// <param name="checkpoint">The step along the log that it is.</param>
    public DocumentChanges Release(CheckpointMove checkpoint)
    {
        var changes = new DocumentChanges { Checkpoint = checkpoint };
        foreach (var kind in _kinds.Values)
        {
            kind.Release(changes);
        }

        _statements.ForEach(changes.Execute);
        _statements.Clear();
        return changes;
    }

    Kind<T, TId> KindOf<T, TId>()
        where T : class, IDocument<TId>
        where TId : notnull
    {
        ref var kind = ref CollectionsMarshal.GetValueRefOrAddDefault(_kinds, typeof(T), out _);
        return (Kind<T, TId>)(kind ??= new Kind<T, TId>());
    }

    interface IKind
    {
        void Release(DocumentChanges changes);
    }

    sealed class Kind<T, TId> : IKind
        where T : class, IDocument<TId>
        where TId : notnull
    {
        readonly Dictionary<TId, (T? Document, bool IsThere)> _changed = [];

        [SuppressMessage("Design", "CA1021", Justification = "As a dictionary tells it.")]
        public bool TryFind(TId id, out T? document)
        {
            var isFound = _changed.TryGetValue(id, out var found);
            document = found.Document;
            return isFound;
        }

        /// <summary>Whether it is in the table is as it was before the first of these batches.</summary>
        public void Put(TId id, T? document, bool isThere)
        {
            ref var changed = ref CollectionsMarshal.GetValueRefOrAddDefault(_changed, id, out var wasChanged);
            changed = (document, wasChanged ? changed.IsThere : isThere);
        }

        public void Release(DocumentChanges changes)
        {
            var (added, stored, deleted) = (new List<T>(_changed.Count), new List<T>(), new List<TId>());
            foreach (var (id, (document, isThere)) in _changed)
            {
                if (document is not null)
                {
                    (isThere ? stored : added).Add(document);
                }
                else if (isThere)
                {
                    deleted.Add(id);
                }
            }

            changes.Add<T, TId>(added);
            changes.Store<T, TId>(stored);
            changes.Delete<T, TId>(deleted);
            _changed.Clear();
        }
    }

    sealed class Writer(GatheredChanges gathered) : IDocumentWriter
    {
        public void Add<T, TId>(IReadOnlyList<T> documents)
            where T : class, IDocument<TId>
            where TId : notnull => Put<T, TId>(documents, isThere: false);

        public void Store<T, TId>(IReadOnlyList<T> documents)
            where T : class, IDocument<TId>
            where TId : notnull => Put<T, TId>(documents, isThere: true);

        public void Delete<T, TId>(IReadOnlyList<TId> ids)
            where T : class, IDocument<TId>
            where TId : notnull
        {
            var kind = gathered.KindOf<T, TId>();
            foreach (var id in ids)
            {
                kind.Put(id, null, isThere: true);
            }
        }

        void Put<T, TId>(IReadOnlyList<T> documents, bool isThere)
            where T : class, IDocument<TId>
            where TId : notnull
        {
            var kind = gathered.KindOf<T, TId>();
            foreach (var document in documents)
            {
                kind.Put(document.Id, document, isThere);
            }
        }
    }
}
