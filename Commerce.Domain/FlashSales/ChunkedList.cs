namespace Commerce.Domain.FlashSales;

/// <summary>A list that grows without copying, and without large objects that the collector would have to move.</summary>
sealed class ChunkedList<T>
    where T : struct
{
    const int ChunkBits = 10;
    const int ChunkLength = 1 << ChunkBits;

    readonly List<T[]> _chunks = [];

    public int Count { get; private set; }

    public T this[int index]
    {
        get => _chunks[index >> ChunkBits][index & (ChunkLength - 1)];
        set => _chunks[index >> ChunkBits][index & (ChunkLength - 1)] = value;
    }

    public void Add(T item)
    {
        if (Count >> ChunkBits == _chunks.Count)
        {
            _chunks.Add(new T[ChunkLength]);
        }

        Count++;
        this[Count - 1] = item;
    }

    public void RemoveLast() => Count--;
}
