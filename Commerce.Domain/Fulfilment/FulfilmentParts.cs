using System.Collections.Immutable;
using Commerce.Domain.Orders;

namespace Commerce.Domain.Fulfilment;

/// <summary>Why a fulfilment is undone.</summary>
/// <param name="Reason">Why the order is rejected; null: it was called off.</param>
/// <param name="Detail">One sentence for a person.</param>
/// <param name="Cancelled">By whom, where it was called off.</param>
public sealed record UndoCause(RejectReason? Reason, string Detail, CancelCause Cancelled = CancelCause.Customer);

/// <summary>Units of one SKU that one location serves. Invariant: 0 &lt;= Returned &lt;= Shipped &lt;= Quantity.</summary>
/// <param name="Location">Where.</param>
/// <param name="Quantity">Units that it holds for the order, or held.</param>
/// <param name="Shipped">Units of them that left.</param>
/// <param name="Returned">Units of those that came back.</param>
public sealed record StockPart(LocationId Location, long Quantity, long Shipped, long Returned);

/// <summary>
/// All units of one SKU in the order. First each location is asked for all of them; when each has refused, what they said to
/// have is taken part by part, one location after the other, until nothing is missing.
/// </summary>
/// <param name="Quantity">Units of all its lines.</param>
/// <param name="FirstLine">Its first line: SKUs are served in this order.</param>
/// <param name="Parts">Who serves it, and how much.</param>
/// <param name="Found">Units that each location had when it last refused, in the order in which they are asked.</param>
public sealed record SkuState(long Quantity, int FirstLine, ImmutableArray<StockPart> Parts, ImmutableArray<long> Found)
{
    /// <summary>Units of all its lines that never will be sent.</summary>
    public long Cancelled { get; init; }

    /// <summary>Units that are known to be held or were.</summary>
    public long Held => Parts.Sum(p => p.Quantity);

    /// <summary>Whether all of them are.</summary>
    public bool IsHeld => Held == Quantity;

    /// <summary>Units that left.</summary>
    public long Shipped => Parts.Sum(p => p.Shipped);

    /// <summary>Whether this location serves it.</summary>
    public bool IsServedBy(LocationId location) => Parts.Any(p => p.Location == location);

    /// <summary>Who is asked next, and for how much; null: nothing is missing, or all together lack units.</summary>
    internal StockPart? Wanted(ImmutableArray<LocationId> locations)
    {
        if (IsHeld)
        {
            return null;
        }

        if (Found.Length < locations.Length)
        {
            return new(locations[Found.Length], Quantity, 0, 0);
        }

        var next = Enumerable.Range(0, locations.Length).FirstOrDefault(n => Found[n] > 0 && !IsServedBy(locations[n]), -1);
        return WithinReach(locations) < Quantity || next < 0 ? null : new(locations[next], Math.Min(Found[next], Quantity - Held), 0, 0);
    }

    /// <summary>Units within reach as far as is known: held, or found where nothing is held.</summary>
    internal long WithinReach(ImmutableArray<LocationId> locations) => Held + Found.Where((_, n) => !IsServedBy(locations[n])).Sum();

    /// <summary>After a location refused so many units, for it has only these.</summary>
    internal SkuState Refused(ImmutableArray<LocationId> locations, Allocation asked, long available)
    {
        // Never as many as were refused: each refusal makes the next question smaller, so that the search ends.
        var found = Math.Clamp(available, 0, asked.Quantity - 1);
        return Found.Length < locations.Length && locations[Found.Length] == asked.Location
            ? this with { Found = Found.Add(found) }
            : this with { Found = Found.SetItem(locations.IndexOf(asked.Location), found) };
    }
}

/// <summary>A shipment or a return, with how far stock and money have followed it.</summary>
/// <param name="Id">Its id; that of its capture or refund as well.</param>
/// <param name="Lines">Units by line.</param>
/// <param name="Amount">What is due for it.</param>
/// <param name="Plan">Which location moves what; empty: one location serves each SKU, or it is not decided yet.</param>
/// <param name="IsStockMoved">Stock has followed.</param>
/// <param name="IsMoneyRequested">The provider is asked.</param>
public sealed record Movement(Guid Id, ImmutableArray<LineQuantity> Lines, Money Amount, ImmutableArray<Allocation> Plan, bool IsStockMoved, bool IsMoneyRequested)
{
    /// <summary>Heard of; nothing has followed yet.</summary>
    internal static Movement Noted(Guid id, ImmutableArray<LineQuantity> lines, Money amount) => new(id, lines, amount, [], IsStockMoved: false, IsMoneyRequested: false);
}
