using System.Diagnostics.CodeAnalysis;

namespace Commerce.Projections.Documents;

/// <summary>Documents that were read lately with the versions that they had then: good only for comparing with the version in the table.</summary>
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
    Dictionary<TId, Kept> _young = [];
    Dictionary<TId, Kept> _old = [];
    long _youngBytes;

    /// <summary>The document as it was read last.</summary>
    public bool TryFind(TId id, [MaybeNullWhen(false)] out T document, out Guid version)
    {
        lock (_lock)
        {
            if (!_young.TryGetValue(id, out var kept) && _old.Remove(id, out kept))
            {
                Add(id, kept);
            }

            (document, version) = (kept.Document, kept.Version);
            return document is not null;
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
    public void Keep(TId id, T document, Guid version, int jsonBytes)
    {
        lock (_lock)
        {
            Add(id, new(document, version, jsonBytes));
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

    void Add(TId id, Kept kept)
    {
        if (_youngBytes + kept.JsonBytes > JsonBytesMax / 2 || _young.Count >= DocumentsMax / 2)
        {
            (_old, _young, _youngBytes) = (_young, [], 0);
        }

        _youngBytes += kept.JsonBytes - (_young.TryGetValue(id, out var before) ? before.JsonBytes : 0);
        _young[id] = kept;
    }

    readonly record struct Kept(T Document, Guid Version, int JsonBytes);
}
