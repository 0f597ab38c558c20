using System.Diagnostics;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>A flash sale. Units = remaining + claimed + given back, each 0 or more.</summary>
public sealed record FlashSaleView : IDocument<Guid>
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>What is sold.</summary>
    public string Sku { get; init; } = string.Empty;

    /// <summary>Its name when the sale was announced.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>Price of one.</summary>
    public Money UnitPrice { get; init; }

    /// <summary>When claims begin.</summary>
    public DateTimeOffset Opens { get; init; }

    /// <summary>When they end.</summary>
    public DateTimeOffset Closes { get; init; }

    /// <summary>Units that a customer may claim.</summary>
    public int UnitsPerCustomer { get; init; }

    /// <summary>Minutes in which a claim is to be paid.</summary>
    public int MinutesToPay { get; init; }

    /// <summary>Units that were announced.</summary>
    public int UnitsAnnounced { get; init; }

    /// <summary>Units that stock gave.</summary>
    public int Units { get; init; }

    /// <summary>Units that nobody has claimed.</summary>
    public int Remaining { get; init; }

    /// <summary>Units that are claimed and not offered again.</summary>
    public int Claimed { get; init; }

    /// <summary>Units that the closed sale gave back to stock.</summary>
    public int GivenBack { get; init; }

    /// <summary>Claims that were made.</summary>
    public int Claims { get; init; }

    /// <summary>Claims that have a payment and became orders.</summary>
    public int Orders { get; init; }

    /// <summary>Claims that were not paid in time.</summary>
    public int Unpaid { get; init; }

    /// <summary>Orders of claims that were undone, wholly or in part.</summary>
    public int Undone { get; init; }

    /// <summary>Whether stock gave what it had.</summary>
    public bool IsStocked { get; init; }

    /// <summary>Whether nothing is claimed any more.</summary>
    public bool IsClosed { get; init; }

    /// <summary>Streams that it is spread over.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>Those of them in which nothing is claimed any more.</summary>
    public int ShardsClosed { get; init; }

    /// <summary>Revision of the sale's stream, the first where there are several.</summary>
    public long Revision { get; init; }

    /// <summary>Place in the log of the last event in it.</summary>
    public long Position { get; init; }

    /// <summary>The sale after an event.</summary>
    public static FlashSaleView Apply(FlashSaleView? sale, ProjectedEvent e)
    {
        var before = sale ?? new FlashSaleView { Id = IdOf(e) };
        var isFirst = SaleShard.Read(e.Recorded.Stream).Number == 0;
        var next = e.Event switch
        {
            FlashSaleEvent.Announced x => before with
            {
                Sku = x.Sku.Value,
                Name = x.Name,
                UnitPrice = x.UnitPrice,
                Opens = x.Opens.ToUniversalTime(),
                Closes = x.Closes.ToUniversalTime(),
                UnitsPerCustomer = x.UnitsPerCustomer,
                MinutesToPay = x.MinutesToPay,
                UnitsAnnounced = x.Units,
            },
            FlashSaleEvent.Sharded x => before with { Shards = x.Of },
            FlashSaleEvent.Stocked x => before with { IsStocked = true, Units = before.Units + x.Parts.Sum(p => p.Quantity), Remaining = before.Remaining + x.Parts.Sum(p => p.Quantity) },

            // What is on its way from one shard to another nobody has claimed.
            FlashSaleEvent.UnitsGiven or FlashSaleEvent.UnitsTaken => before,
            FlashSaleEvent.Claimed x => before with { Claims = before.Claims + 1, Remaining = before.Remaining - x.Quantity, Claimed = before.Claimed + x.Quantity },
            FlashSaleEvent.PaymentGiven => before with { Orders = before.Orders + 1 },
            FlashSaleEvent.ClaimReturned x => before with
            {
                Remaining = before.Remaining + x.Quantity,
                Claimed = before.Claimed - x.Quantity,
                Unpaid = before.Unpaid + (x.Reason == ClaimReturnReason.Unpaid ? 1 : 0),
                Undone = before.Undone + (x.Reason == ClaimReturnReason.OrderUndone ? 1 : 0),
            },
            FlashSaleEvent.Closed => before with { ShardsClosed = before.ShardsClosed + 1, IsClosed = before.ShardsClosed + 1 >= before.Shards },
            FlashSaleEvent.RestReturned x => before with { Remaining = before.Remaining - x.Quantity, GivenBack = before.GivenBack + x.Quantity },
            _ => throw new UnreachableException($"{e.Event.GetType()} is no event of a flash sale."),
        };
        return next with { Revision = isFirst ? e.Recorded.Revision : before.Revision, Position = e.Position };
    }

    /// <summary>Which sale an event is of.</summary>
    public static Guid IdOf(ProjectedEvent e) => SaleShard.Read(e.Recorded.Stream).Sale.Value;
}
