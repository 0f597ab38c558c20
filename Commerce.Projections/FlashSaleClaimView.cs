using Commerce.Domain.FlashSales;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>A claim in a flash sale; its id is that of the order that it becomes.</summary>
public sealed record FlashSaleClaimView : IDocument<Guid>
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The sale.</summary>
    public Guid Sale { get; init; }

    /// <summary>Whose.</summary>
    public string Customer { get; init; } = string.Empty;

    /// <summary>Units that were claimed.</summary>
    public int Quantity { get; init; }

    /// <summary>How many claims there were with it.</summary>
    public int Place { get; init; }

    /// <summary>Where it stands.</summary>
    public ClaimStatus Status { get; init; }

    /// <summary>Until when a payment has to be given; null: it came with one.</summary>
    public DateTimeOffset? PayUntil { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset ClaimedAt { get; init; }

    /// <summary>Units that are offered again.</summary>
    public int Returned { get; init; }

    /// <summary>Place in the log of the last event in it.</summary>
    public long Position { get; init; }

    /// <summary>Which claim an event is of; null: none.</summary>
    public static Guid? IdOf(ProjectedEvent e) => e.Event switch
    {
        FlashSaleEvent.Claimed x => x.Claim.Value,
        FlashSaleEvent.PaymentGiven x => x.Claim.Value,
        FlashSaleEvent.ClaimReturned x => x.Claim.Value,
        _ => null,
    };

    /// <summary>The claim after an event.</summary>
    public static FlashSaleClaimView? Apply(FlashSaleClaimView? claim, ProjectedEvent e)
    {
        var next = e.Event switch
        {
            FlashSaleEvent.Claimed x => new FlashSaleClaimView
            {
                Id = x.Claim.Value,
                Sale = FlashSaleView.IdOf(e),
                Customer = x.Customer.Value,
                Quantity = x.Quantity,
                Place = x.Place,
                PayUntil = x.PayUntil,
                ClaimedAt = e.OccurredAt,
            },
            FlashSaleEvent.PaymentGiven => claim is null ? null : claim with { Status = ClaimStatus.Ordered },
            FlashSaleEvent.ClaimReturned x => claim is null ? null : claim with { Status = ClaimStatus.Returned, Returned = claim.Returned + x.Quantity },
            _ => claim,
        };
        return next is null ? null : next with { Position = e.Position };
    }
}
