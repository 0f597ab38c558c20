namespace Commerce.Domain.Seals;

/// <summary>
/// Merkle trees as RFC 9162, section 2.1, has them: leaves and inner nodes are hashed apart (0x00 and 0x01), a node without a
/// sibling moves up as it is.
/// </summary>
public static class MerkleTree
{
    const string NoLeaves = "A tree has at least one leaf.";

    /// <summary>Hash of a leaf that holds two hashes.</summary>
    public static Hash256 Leaf(Hash256 first, Hash256 second) => Pair(0, first, second);

    /// <summary>Root over leaves in their order (section 2.1.1).</summary>
    /// <exception cref="ArgumentException">No leaves.</exception>
    public static Hash256 Root(ReadOnlySpan<Hash256> leaves) => RootWithin(Begin(leaves));

    /// <summary>The same without a copy: the leaves are overwritten.</summary>
    /// <exception cref="ArgumentException">No leaves.</exception>
    public static Hash256 RootWithin(Span<Hash256> leaves)
    {
        for (var width = leaves.Length; width > 1; width = (width + 1) / 2)
        {
            Up(leaves, width);
        }

        return leaves.IsEmpty ? throw new ArgumentException(NoLeaves, nameof(leaves)) : leaves[0];
    }

    /// <summary>What proves a leaf: its siblings on the way up (section 2.1.3.1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static IReadOnlyList<Hash256> Path(ReadOnlySpan<Hash256> leaves, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, leaves.Length);
        var path = new List<Hash256>();
        var level = Begin(leaves);
        for (var width = level.Length; width > 1; width = (width + 1) / 2, index /= 2)
        {
            if ((index ^ 1) < width)
            {
                path.Add(level[index ^ 1]);
            }

            Up(level, width);
        }

        return path;
    }

    /// <summary>The root that a leaf and its path lead to (section 2.1.3.2); null: no tree of that size has such a path.</summary>
    /// <param name="leaf">The leaf's hash.</param>
    /// <param name="index">Its place, from 0.</param>
    /// <param name="count">Leaves of the tree.</param>
    /// <param name="path">Its siblings, the lowest first.</param>
    public static Hash256? RootOf(Hash256 leaf, long index, long count, IReadOnlyList<Hash256> path)
    {
        if (index < 0 || index >= count)
        {
            return null;
        }

        var (node, used) = (leaf, 0);
        for (var width = count; width > 1; width = (width + 1) / 2, index /= 2)
        {
            if ((index ^ 1) >= width)
            {
                continue;
            }

            if (used == path.Count)
            {
                return null;
            }

            var sibling = path[used++];
            node = (index & 1) == 0 ? Pair(1, node, sibling) : Pair(1, sibling, node);
        }

        return used == path.Count ? node : null;
    }

    static Hash256[] Begin(ReadOnlySpan<Hash256> leaves) =>
        leaves.IsEmpty ? throw new ArgumentException(NoLeaves, nameof(leaves)) : leaves.ToArray();

    static void Up(Span<Hash256> level, int width)
    {
        for (var n = 0; n < width / 2; n++)
        {
            level[n] = Pair(1, level[2 * n], level[(2 * n) + 1]);
        }

        if (width % 2 == 1)
        {
            level[width / 2] = level[width - 1];
        }
    }

    static Hash256 Pair(byte prefix, Hash256 first, Hash256 second)
    {
        Span<byte> bytes = stackalloc byte[1 + (2 * Hash256.Size)];
        bytes[0] = prefix;
        first.CopyTo(bytes[1..]);
        second.CopyTo(bytes[(1 + Hash256.Size)..]);
        return Sha256.Of(bytes);
    }
}
