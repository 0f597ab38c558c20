using System.Collections.Immutable;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;

namespace Commerce.Simulation.Machinery;

/// <summary>How one run is laid out: drawn from its seed.</summary>
sealed record Plan
{
    static readonly TimeSpan TradeMin = TimeSpan.FromMinutes(3);
    static readonly TimeSpan TradeMax = TimeSpan.FromMinutes(20);
    static readonly TimeSpan DeadlineMin = TimeSpan.FromSeconds(20);
    static readonly TimeSpan DeadlineMax = TimeSpan.FromMinutes(15);
    static readonly TimeSpan ReservationMin = TimeSpan.FromMinutes(1);
    static readonly TimeSpan ReservationMax = TimeSpan.FromMinutes(20);

    /// <summary>Processes, each with every role.</summary>
    public required int Nodes { get; init; }

    /// <summary>Whether messages go over a broker that remembers them; else within one process, which forgets them when it dies.</summary>
    public required bool HasBroker { get; init; }

    /// <summary>Orders that are placed.</summary>
    public required int Orders { get; init; }

    /// <summary>What is sold; the first ones are what everybody wants.</summary>
    public required ImmutableArray<Sku> Skus { get; init; }

    /// <summary>Where stock is, how long it is held, and how long an answer to a payment is waited for.</summary>
    public required FulfilmentPolicy Policy { get; init; }

    /// <summary>How long people act and faults strike.</summary>
    public required TimeSpan Trade { get; init; }

    /// <summary>Draws a run.</summary>
    public static Plan Draw(Scheduler scheduler)
    {
        var random = scheduler.Random;
        return new Plan
        {
            Nodes = random.Next(1, 4),
            HasBroker = random.Next(3) > 0,
            Orders = random.Next(24, 49),
            Skus = [.. Enumerable.Range(1, random.Next(2, 8)).Select(n => Sku.Of($"SKU-{n}"))],
            Policy = FulfilmentPolicy.Default with
            {
                Locations = [.. new[] { "main", "north", "south" }.Take(random.Next(1, 4)).Select(LocationId.Of)],
                ReservationTime = random.Next(2) == 0 ? FulfilmentPolicy.Default.ReservationTime : scheduler.Between(ReservationMin, ReservationMax),
                TimeToPay = scheduler.Between(DeadlineMin, random.Next(2) == 0 ? DeadlineMin * 3 : DeadlineMax),
            },
            Trade = scheduler.Between(TradeMin, TradeMax),
        };
    }
}
