using System.Collections.Immutable;

namespace Commerce.Domain.Inventory;

/// <summary>The shipments, or the returns, that moved units of a stock last: a repeat of one of them is known. Bounded; the oldest goes first.</summary>
public sealed record RecentMoves(ImmutableHashSet<(OrderId Order, Guid Move)> Known, ImmutableQueue<(OrderId Order, Guid Move)> OldestFirst)
{
    /// <summary>
    /// Moves that are remembered at most. What is repeated is what a crash or an outage cut short, and each of the house's
    /// workers has one move under way at a time; some hundred bytes each, they make a hundred kilobytes for the hottest SKU.
    /// </summary>
    public const int CountMax = 1_000;

    /// <summary>Nothing moved.</summary>
    public static readonly RecentMoves None = new([], []);

    /// <summary>Whether this move is one of them.</summary>
    public bool Holds(OrderId order, Guid move) => Known.Contains((order, move));

    /// <summary>With one more; null where the log does not name it.</summary>
    public RecentMoves With(OrderId order, Guid? move)
    {
        if (move is not { } id || Known.Contains((order, id)))
        {
            return this;
        }

        var (known, queue) = (Known.Add((order, id)), OldestFirst.Enqueue((order, id)));
        return known.Count > CountMax ? new(known.Remove(queue.Peek()), queue.Dequeue()) : new(known, queue);
    }
}
