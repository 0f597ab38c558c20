using System.Diagnostics.CodeAnalysis;

namespace Commerce.Commands;

/// <summary>What was put last, so many at most; the oldest goes first.</summary>
sealed class RecentlyUsed<TKey, TValue>(int countMax)
    where TKey : notnull
{
    readonly Lock _lock = new();
    readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _byKey = [];
    readonly LinkedList<(TKey Key, TValue Value)> _byAge = [];

    /// <summary>Takes it out: whoever fails to put it back leaves nothing stale behind.</summary>
    public bool TryTake(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_lock)
        {
            var found = _byKey.Remove(key, out var node);
            value = default;
            if (found && node is not null)
            {
                _byAge.Remove(node);
                value = node.Value.Value;
            }

            return found;
        }
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_lock)
        {
            var found = _byKey.TryGetValue(key, out var node);
            value = node is null ? default : node.Value.Value;
            return found;
        }
    }

    public void Put(TKey key, TValue value)
    {
        lock (_lock)
        {
            if (_byKey.Remove(key, out var old))
            {
                _byAge.Remove(old);
            }

            _byKey[key] = _byAge.AddLast((key, value));
            while (_byKey.Count > countMax && _byAge.First is { } eldest)
            {
                _byKey.Remove(eldest.Value.Key);
                _byAge.RemoveFirst();
            }
        }
    }
}
