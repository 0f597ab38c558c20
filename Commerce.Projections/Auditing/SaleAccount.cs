using Commerce.Domain;
using Commerce.Domain.FlashSales;

namespace Commerce.Projections.Auditing;

/// <summary>What the log says of one flash sale, from its own stream and from stock.</summary>
sealed class SaleAccount
{
    public FlashSaleEvent.Announced? Terms { get; set; }

    public Place LastSeen { get; set; }

    public long Units { get; set; }

    public long GivenBack { get; set; }

    public bool IsClosed { get; set; }

    /// <summary>Its parts in the order in which claims number them.</summary>
    public List<LocationId> Order { get; } = [];

    public Dictionary<LocationId, PartAccount> Parts { get; } = [];

    public Dictionary<OrderId, ClaimAccount> Claims { get; } = [];

    /// <summary>Units that each customer has.</summary>
    public Dictionary<CustomerId, int> ByCustomer { get; } = [];

    public PartAccount At(LocationId location)
    {
        if (!Parts.TryGetValue(location, out var part))
        {
            Parts.Add(location, part = new PartAccount());
        }

        return part;
    }
}

/// <summary>Units of a sale at one location.</summary>
sealed class PartAccount
{
    /// <summary>Kept by stock for the sale, and held for no order.</summary>
    public int Kept { get; set; }

    /// <summary>Offered by the sale.</summary>
    public int Unclaimed { get; set; }

    /// <summary>Claimed and not paid yet.</summary>
    public int Waiting { get; set; }
}

/// <summary>A claim of a sale.</summary>
sealed class ClaimAccount(CustomerId customer, int quantity, PartAccount part)
{
    public CustomerId Customer { get; } = customer;

    public int Quantity { get; } = quantity;

    public PartAccount Part { get; } = part;

    /// <summary>Units that were not offered again.</summary>
    public int Left { get; set; } = quantity;

    public bool IsPaid { get; set; }

    public bool IsReturned { get; set; }
}
