namespace Commerce.Domain.Snapshots;

/// <summary>Words for writing a state down.</summary>
static class BinaryWords
{
    const int GuidLength = 16;

    /// <summary>16 bytes.</summary>
    public static void WriteGuid(this BinaryWriter to, Guid value)
    {
        Span<byte> bytes = stackalloc byte[GuidLength];
        value.TryWriteBytes(bytes);
        to.Write(bytes);
    }

    /// <summary>What <see cref="WriteGuid"/> wrote.</summary>
    public static Guid ReadGuid(this BinaryReader from)
    {
        Span<byte> bytes = stackalloc byte[GuidLength];
        from.ReadExactly(bytes);
        return new Guid(bytes);
    }

    /// <summary>Two numbers.</summary>
    public static void WritePair(this BinaryWriter to, int first, int second)
    {
        to.Write(first);
        to.Write(second);
    }

    /// <summary>How many there are, then each of them.</summary>
    public static void WriteAll<T>(this BinaryWriter to, IReadOnlyCollection<T> items, Action<T, BinaryWriter> write)
    {
        to.Write7BitEncodedInt(items.Count);
        foreach (var item in items)
        {
            write(item, to);
        }
    }

    /// <summary>What <see cref="WriteAll"/> wrote.</summary>
    public static IReadOnlyList<T> ReadAll<T>(this BinaryReader from, Func<BinaryReader, T> read)
    {
        var items = new List<T>();
        for (var left = from.Read7BitEncodedInt(); left > 0; left--)
        {
            items.Add(read(from));
        }

        return items;
    }
}
