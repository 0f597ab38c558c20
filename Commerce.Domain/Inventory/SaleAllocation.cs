using System.Collections.Immutable;

namespace Commerce.Domain.Inventory;

/// <summary>Units that stock keeps for a flash sale. Invariant: 0 &lt;= Left.</summary>
/// <param name="Given">Units that the sale was given: asked again, stock says the same.</param>
/// <param name="Left">Units that are kept for it and for no order of it yet.</param>
/// <param name="ReturnedUpTo">Returns of units that nobody claimed, the first so many of which are all here.</param>
/// <param name="ReturnedBeyond">Numbers of those that overtook others: few, and for a moment only.</param>
public sealed record SaleAllocation(int Given, int Left, int ReturnedUpTo, ImmutableHashSet<int> ReturnedBeyond)
{
    /// <summary>Nothing was ever kept.</summary>
    public static readonly SaleAllocation None = new(0, 0, 0, []);

    /// <summary>Whether the return of this number is here.</summary>
    public bool Holds(int number) => number <= ReturnedUpTo || ReturnedBeyond.Contains(number);

    /// <summary>With so many units more, or fewer, and one more return where there is a number.</summary>
    public SaleAllocation With(int units, int? number)
    {
        var next = this with { Left = Left + units, ReturnedBeyond = number is { } known ? ReturnedBeyond.Add(known) : ReturnedBeyond };
        while (next.ReturnedBeyond.Contains(next.ReturnedUpTo + 1))
        {
            next = next with { ReturnedUpTo = next.ReturnedUpTo + 1, ReturnedBeyond = next.ReturnedBeyond.Remove(next.ReturnedUpTo + 1) };
        }

        return next;
    }
}
