namespace Commerce.Domain.FlashSales;

/// <summary>A stack that remembers so many of the latest and forgets the others. It grows as it is used.</summary>
sealed class RecentStack<T>(int countMax)
{
    T[] _ring = new T[16];
    int _next;
    int _count;

    public void Push(T item)
    {
        if (_count == _ring.Length && _count < countMax)
        {
            Grow();
        }

        _ring[_next] = item;
        _next = (_next + 1) % _ring.Length;
        _count = Math.Min(_count + 1, _ring.Length);
    }

    /// <exception cref="InvalidOperationException">The one before is forgotten, or there was none.</exception>
    public T Pop()
    {
        if (_count == 0)
        {
            throw new InvalidOperationException("That lies further back than is remembered.");
        }

        _next = (_next + _ring.Length - 1) % _ring.Length;
        _count--;
        return _ring[_next];
    }

    // Full, so the oldest stands where the next would go.
    void Grow()
    {
        var larger = new T[Math.Min(_ring.Length * 2, countMax)];
        _ring.AsSpan(_next).CopyTo(larger);
        _ring.AsSpan(0, _next).CopyTo(larger.AsSpan(_ring.Length - _next));
        (_ring, _next) = (larger, _ring.Length);
    }
}
