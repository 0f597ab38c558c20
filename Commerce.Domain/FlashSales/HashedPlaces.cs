namespace Commerce.Domain.FlashSales;

/// <summary>
/// Finds places in a list by the hash of what stands there: open addressing with linear probing, 4 bytes a slot. What was added
/// last can be removed again: nobody has had to step over it.
/// </summary>
sealed class HashedPlaces
{
    // A place plus one; 0: empty.
    int[] _slots = new int[16];
    int _count;

    /// <summary>The place where such a key stands, or -1.</summary>
    public int Find<TKey>(int hash, TKey key, Func<int, TKey, bool> isAt)
    {
        for (var slot = Slot(hash); _slots[slot] != 0; slot = Next(slot))
        {
            if (isAt(_slots[slot] - 1, key))
            {
                return _slots[slot] - 1;
            }
        }

        return -1;
    }

    /// <summary>Adds the next place.</summary>
    public void Add(int hash, int place, Func<int, int> hashOf)
    {
        // Three quarters full: beyond, the runs that a search has to walk grow long.
        if ((_count + 1) * 4L > _slots.Length * 3L)
        {
            Grow(hashOf);
        }

        Put(hash, place);
        _count++;
    }

    /// <summary>Removes the place that was added last.</summary>
    public void RemoveLast(int hash, int place)
    {
        var slot = Slot(hash);
        while (_slots[slot] != place + 1)
        {
            slot = Next(slot);
        }

        _slots[slot] = 0;
        _count--;
    }

    void Grow(Func<int, int> hashOf)
    {
        _slots = new int[_slots.Length * 2];
        for (var place = 0; place < _count; place++)
        {
            Put(hashOf(place), place);
        }
    }

    void Put(int hash, int place)
    {
        var slot = Slot(hash);
        while (_slots[slot] != 0)
        {
            slot = Next(slot);
        }

        _slots[slot] = place + 1;
    }

    // Fibonacci hashing (Knuth, 6.4): hashes that differ in few bits do not land side by side.
    int Slot(int hash) => (int)((uint)hash * 2_654_435_769u >> (32 - int.Log2(_slots.Length)));

    int Next(int slot) => (slot + 1) & (_slots.Length - 1);
}
