using System.Collections.Immutable;
using static Commerce.Domain.Decision;

namespace Commerce.Domain.FlashSales;

/// <content>
/// A sale that is spread over several streams. Units that are left in one move to another by two events: given here, taken there. They
/// are numbered for each pair, so that what comes twice is taken once; what was given and not taken yet is on its way, and lost by nobody.
/// </content>
public sealed partial record FlashSale
{
    /// <summary>Which of the sale's streams this is.</summary>
    public SaleShard Shard { get; private init; } = new(0, 1);

    /// <summary>Moves to each other shard.</summary>
    public ImmutableDictionary<int, int> MovesTo { get; private init; } = ImmutableDictionary<int, int>.Empty;

    /// <summary>Moves from other shards that are here.</summary>
    public ImmutableHashSet<(int From, int Number)> Taken { get; private init; } = [];

    Decision<FlashSaleEvent> DecideGive(FlashSaleCommand.GiveUnits c, FlashSaleEvent.Announced terms)
    {
        if (c.To < 0 || c.To >= Shard.Of || c.To == Shard.Number)
        {
            return FlashSaleRejections.ShardUnknown;
        }

        if (IsClosed)
        {
            return FlashSaleRejections.Closed;
        }

        if (c.Quantity <= 0 || Remaining == 0)
        {
            return FlashSaleRejections.SoldOut;
        }

        // Half of what is left, so that either has something for who comes next; where that is less than is wanted, all that is wanted, or all.
        var part = Unclaimed.IndexOf(Unclaimed.Max());
        var quantity = Math.Max(Math.Min(c.Quantity, Unclaimed[part]), Unclaimed[part] / 2);
        return new FlashSaleEvent.UnitsGiven(terms.Sale, Shard.Number, c.To, MovesTo.GetValueOrDefault(c.To) + 1, Parts[part].Location, quantity);
    }

    Decision<FlashSaleEvent> DecideTake(FlashSaleCommand.TakeUnits c)
    {
        if (c.From < 0 || c.From >= Shard.Of || c.From == Shard.Number || c.Quantity <= 0)
        {
            return FlashSaleRejections.ShardUnknown;
        }

        if (Taken.Contains((c.From, c.Number)))
        {
            return Nothing;
        }

        if (!IsStocked)
        {
            return FlashSaleRejections.NotStocked;
        }

        var taken = new FlashSaleEvent.UnitsTaken(c.From, c.Number, c.Location, c.Quantity);
        return IsClosed ? Decision<FlashSaleEvent>.Of([taken, .. RestAfter(taken)]) : taken;
    }

    IEnumerable<FlashSaleEvent> RestAfter(FlashSaleEvent.UnitsTaken taken)
    {
        var after = Evolve(this, taken);
        return after.Rest(after.Unclaimed);
    }

    FlashSale Give(FlashSaleEvent.UnitsGiven e) => With(PartAt(e.Location), -e.Quantity) with { MovesTo = MovesTo.SetItem(e.To, e.Number) };

    FlashSale Receive(FlashSaleEvent.UnitsTaken e)
    {
        var known = Parts.Any(p => p.Location == e.Location)
            ? this
            : this with { Parts = Parts.Add(new(e.Location, 0)), Unclaimed = Unclaimed.Add(0), Returns = Returns.Add(0) };
        return known.With(known.PartAt(e.Location), e.Quantity) with { Taken = Taken.Add((e.From, e.Number)) };
    }
}
