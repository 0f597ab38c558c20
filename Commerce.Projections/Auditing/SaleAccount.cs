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

    /// <summary>Streams that it is spread over.</summary>
    public int Of { get; set; } = 1;

    /// <summary>Units that one shard gave and the other has not taken, by what moves them.</summary>
    public Dictionary<(int From, int To, int Number), (LocationId Location, int Quantity)> OnTheWay { get; } = [];

    /// <summary>Moves that there were.</summary>
    public HashSet<(int From, int To, int Number)> Moves { get; } = [];

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

/// <summary>One of the streams of a sale.</summary>
/// <param name="sale">The sale.</param>
/// <param name="number">Which, from 0.</param>
sealed class ShardAccount(SaleAccount sale, int number)
{
    public SaleAccount Sale { get; } = sale;

    public int Number { get; } = number;

    public bool IsClosed { get; set; }

    public int Claims { get; set; }

    /// <summary>Its parts in the order in which claims number them.</summary>
    public List<LocationId> Order { get; } = [];

    /// <summary>Units that it offers, by location.</summary>
    public Dictionary<LocationId, int> Unclaimed { get; } = [];

    /// <summary>Offers more, or fewer; how many then.</summary>
    public int Offer(LocationId location, int change)
    {
        if (Unclaimed.TryAdd(location, 0))
        {
            Order.Add(location);
        }

        return Unclaimed[location] += change;
    }
}

/// <summary>Units of a sale at one location.</summary>
sealed class PartAccount
{
    /// <summary>Kept by stock for the sale, and held for no order.</summary>
    public int Kept { get; set; }

    /// <summary>Offered by the sale, or on their way from one of its shards to another.</summary>
    public int Unclaimed { get; set; }

    /// <summary>Claimed and not paid yet.</summary>
    public int Waiting { get; set; }
}

/// <summary>A claim of a sale.</summary>
sealed class ClaimAccount(CustomerId customer, int quantity, LocationId location, PartAccount part)
{
    public LocationId Location { get; } = location;

    public CustomerId Customer { get; } = customer;

    public int Quantity { get; } = quantity;

    public PartAccount Part { get; } = part;

    /// <summary>Units that were not offered again.</summary>
    public int Left { get; set; } = quantity;

    public bool IsPaid { get; set; }

    public bool IsReturned { get; set; }
}
