namespace Commerce.Projections.Documents;

/// <summary>
/// Documents that were read lately, with the versions that they had then and how far their projection was: good only while it is still there, or for
/// comparing with the version in the table.
/// </summary>
/// <remarks>Two generations: what was not asked for while the young one filled is forgotten.</remarks>
sealed class KeptDocuments<T, TId>
    where T : class, IDocument<TId>
    where TId : notnull
{
    /// <summary>As much JSON is kept at most, in bytes; the documents take some times as much.</summary>
    public const long JsonBytesMax = 32 * 1_024 * 1_024;

    /// <summary>Documents that are kept at most.</summary>
    public const int DocumentsMax = 65_536;

    readonly Lock _lock = new();
    Dictionary<TId, KeptDocument<T>> _young = [];
    Dictionary<TId, KeptDocument<T>> _old = [];
    long _youngBytes;

    /// <summary>The document as it was read last.</summary>
    public bool TryFind(TId id, out KeptDocument<T> kept)
    {
        lock (_lock)
        {
            if (!_young.TryGetValue(id, out kept) && _old.Remove(id, out kept))
            {
                Add(id, kept);
            }

            return kept.Document is not null;
        }
    }

    /// <summary>Whether it is kept; to ask keeps it no longer.</summary>
    internal bool Holds(TId id)
    {
        lock (_lock)
        {
            return _young.ContainsKey(id) || _old.ContainsKey(id);
        }
    }

    /// <summary>Keeps what was read.</summary>
    public void Keep(TId id, KeptDocument<T> document)
    {
        lock (_lock)
        {
            Add(id, document);
        }
    }

    /// <summary>Forgets what is not there any more.</summary>
    public void Forget(TId id)
    {
        lock (_lock)
        {
            _old.Remove(id);
            if (_young.Remove(id, out var kept))
            {
                _youngBytes -= kept.JsonBytes;
            }
        }
    }

    void Add(TId id, KeptDocument<T> kept)
    {
        if (_youngBytes + kept.JsonBytes > JsonBytesMax / 2 || _young.Count >= DocumentsMax / 2)
        {
            (_old, _young, _youngBytes) = (_young, [], 0);
        }

        _youngBytes += kept.JsonBytes - (_young.TryGetValue(id, out var before) ? before.JsonBytes : 0);
        _young[id] = kept;
    }
}

/// <summary>A document that was read.</summary>
/// <param name="Document">As it was.</param>
/// <param name="Version">Its version in the table.</param>
/// <param name="JsonBytes">Its size as JSON.</param>
/// <param name="State">How far its projection was; null: not known.</param>
readonly record struct KeptDocument<T>(T Document, Guid Version, int JsonBytes, DocumentsState? State);
