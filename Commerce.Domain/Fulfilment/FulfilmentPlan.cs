using System.Collections.Immutable;

namespace Commerce.Domain.Fulfilment;

/// <summary>Which location does what for an order. Pure; part of <see cref="FulfilmentProcess"/>.</summary>
static class FulfilmentPlan
{
    /// <summary>What is asked for next, of each SKU that is not all held.</summary>
    public static ImmutableArray<Allocation> ToReserve(FulfilmentState state) =>
        [.. BySku(state).SelectMany(s => s.Value.Wanted(state.Locations) is { } wanted ? [Of(s.Key, wanted)] : Array.Empty<Allocation>())];

    /// <summary>What is held for certain, and what an attempt that was lost before it was noted may have reserved.</summary>
    public static ImmutableArray<Allocation> ToRelease(FulfilmentState state) =>
        [.. BySku(state).SelectMany(s => s.Value.Parts.Select(p => Of(s.Key, p))), .. ToReserve(state)];

    /// <summary>What is held beyond what was sent.</summary>
    public static ImmutableArray<Allocation> Rest(FulfilmentState state) =>
        [.. BySku(state).SelectMany(s => state.Served(s.Key).Where(p => p.Shipped < p.Quantity).Select(p => new Allocation(s.Key, p.Location, Units(p.Quantity - p.Shipped))))];

    /// <summary>
    /// Where an attempt that was overtaken on its way may have reserved what another one was refused: of an order that is
    /// undone everywhere, of one that is served wherever it is not served from, and once all has left there as well. Nothing is
    /// held there as a rule.
    /// </summary>
    /// <param name="state">What is known.</param>
    /// <param name="isSeen">Whether stock says that there is something: then nothing is too unlikely to be looked for.</param>
    public static ImmutableArray<Allocation> Strays(FulfilmentState state, bool isSeen)
    {
        var hasLeft = state.IsAllShipped && !state.IsRestHeld;
        return
        [
            .. from sku in BySku(state)
               let isAnywhere = state.Undo is not null || (hasLeft && (isSeen || sku.Value.Found.Length > 0))
               where isAnywhere || sku.Value.IsHeld
               from location in state.Locations.Take(sku.Value.Found.Length + (state.Undo is null ? 0 : 1)).Union(sku.Value.Parts.Select(p => p.Location))
               where isAnywhere || !sku.Value.IsServedBy(location)
               select new Allocation(sku.Key, location, Units(sku.Value.Quantity)),
        ];
    }

    /// <summary>Units of all lines: of a claim there is one.</summary>
    public static int UnitsOf(FulfilmentState state) => Units(state.Skus.Values.Sum(s => s.Quantity));

    /// <summary>The next decision that has to be noted before it is done: whence a SKU of several locations leaves, or whither it returns.</summary>
    public static FulfilmentEvent? NextDecision(FulfilmentState state)
    {
        if (state is { IsStarted: false } or { Undo: not null })
        {
            return null;
        }

        foreach (var shipment in state.Shipments.Where(m => IsUndecided(state, m)))
        {
            if (Take(state, shipment, Leaving(state)) is { } plan)
            {
                return new FulfilmentEvent.ShipmentPlanned(shipment.Id, plan);
            }
        }

        foreach (var back in state.Returns.Where(m => IsUndecided(state, m)))
        {
            if (Take(state, back, Returning(state)) is { } plan)
            {
                return new FulfilmentEvent.ReturnPlanned(back.Id, plan);
            }
        }

        return null;
    }

    /// <summary>Whether nothing can be moved before a decision is noted.</summary>
    public static bool IsUndecided(FulfilmentState state, Movement movement) =>
        !movement.IsStockMoved && movement.Plan.IsEmpty && state.UnitsOf(movement).Any(u => state.Served(u.Sku).Length > 1);

    /// <summary>What moves where: as planned, or where each SKU's one location is.</summary>
    public static ImmutableArray<Allocation> Allocations(FulfilmentState state, Movement movement) => movement.Plan.IsEmpty
        ? [.. state.UnitsOf(movement).Select(u => new Allocation(u.Sku, state.Served(u.Sku)[0].Location, Units(u.Units)))]
        : movement.Plan;

    /// <summary>Units that left and can come back, by SKU and location, without those that returns are to bring already.</summary>
    public static Dictionary<(Sku Sku, LocationId Location), long> Returning(FulfilmentState state) => Room(state, state.Returns, p => p.Shipped - p.Returned);

    /// <summary>Takes a movement's units from where there is room, in the order in which the locations serve; null: there is not enough.</summary>
    public static ImmutableArray<Allocation>? Take(FulfilmentState state, Movement movement, Dictionary<(Sku Sku, LocationId Location), long> room)
    {
        var taken = ImmutableArray.CreateBuilder<Allocation>();
        foreach (var (sku, units) in state.UnitsOf(movement))
        {
            var missing = units;
            foreach (var part in state.Served(sku).Where(p => room[(sku, p.Location)] > 0))
            {
                var some = Math.Min(missing, room[(sku, part.Location)]);
                if (some > 0)
                {
                    taken.Add(new(sku, part.Location, Units(some)));
                    missing -= some;
                }
            }

            if (missing > 0)
            {
                return null;
            }
        }

        foreach (var a in taken)
        {
            room[(a.Sku, a.Location)] -= a.Quantity;
        }

        return taken.ToImmutable();
    }

    static Dictionary<(Sku Sku, LocationId Location), long> Leaving(FulfilmentState state) => Room(state, state.Shipments, p => p.Quantity - p.Shipped);

    static Dictionary<(Sku Sku, LocationId Location), long> Room(FulfilmentState state, ImmutableArray<Movement> movements, Func<StockPart, long> of)
    {
        var room = state.Skus.Keys.SelectMany(sku => state.Served(sku).Select(p => ((sku, p.Location), Units: of(p)))).ToDictionary(r => r.Item1, r => r.Units);
        foreach (var a in movements.Where(m => !m.IsStockMoved).SelectMany(m => m.Plan))
        {
            room[(a.Sku, a.Location)] -= a.Quantity;
        }

        return room;
    }

    static IEnumerable<KeyValuePair<Sku, SkuState>> BySku(FulfilmentState state) => state.Skus.OrderBy(s => s.Value.FirstLine);

    static Allocation Of(Sku sku, StockPart part) => new(sku, part.Location, Units(part.Quantity));

    // A quantity beyond what can be counted is refused by the stock itself.
    static int Units(long units) => (int)Math.Min(units, int.MaxValue);
}
