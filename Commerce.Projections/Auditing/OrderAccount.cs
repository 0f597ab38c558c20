using Commerce.Domain;
using Commerce.Domain.Orders;

namespace Commerce.Projections.Auditing;

/// <summary>What the log says of one order, from its own stream, from stock and from its payment.</summary>
sealed class OrderAccount(OrderId id, Place firstSeen)
{
    public OrderId Id { get; } = id;

    /// <summary>The last event of its own stream; before it is placed, the first event that named it.</summary>
    public Place LastSeen { get; set; } = firstSeen;

    public OrderStatus Status { get; set; }

    public OrderOrigin Origin { get; set; }

    public Currency Currency { get; set; }

    public decimal Total { get; set; }

    public OrderedLine[] Lines { get; set; } = [];

    public decimal ShippedAmount { get; set; }

    public decimal ReturnedAmount { get; set; }

    public PaymentAccount? Payment { get; set; }

    /// <summary>What stock did for it, by SKU, all locations together.</summary>
    public Dictionary<Sku, MovedUnits> Moved { get; } = [];

    /// <summary>Whether its stream tells that it is promised or more.</summary>
    public bool IsKept => Status is OrderStatus.Confirmed or OrderStatus.PartiallyShipped or OrderStatus.Shipped or OrderStatus.Completed or OrderStatus.Returned;

    /// <summary>Whether its stream tells that nothing comes of it.</summary>
    public bool IsUndone => Status is OrderStatus.Rejected or OrderStatus.Cancelled;

    public MovedUnits MovedOf(Sku sku)
    {
        if (!Moved.TryGetValue(sku, out var units))
        {
            units = new MovedUnits();
            Moved.Add(sku, units);
        }

        return units;
    }
}

/// <summary>A line as placed, and how much of it the order says left and came back.</summary>
sealed class OrderedLine(Sku sku, int quantity, decimal unitPrice)
{
    public Sku Sku { get; } = sku;

    public int Quantity { get; } = quantity;

    public decimal UnitPrice { get; } = unitPrice;

    public long Shipped { get; set; }

    public long Returned { get; set; }

    /// <summary>Units that never will be sent.</summary>
    public long Cancelled { get; set; }
}

/// <summary>Units of one SKU that stock moved for one order.</summary>
sealed class MovedUnits
{
    public long Held { get; set; }

    public long Shipped { get; set; }

    public long Returned { get; set; }
}

/// <summary>Charges by the auditor's own arithmetic: whole minor units, halves up.</summary>
static class Charges
{
    static readonly decimal[] MinorUnits = [1m, 10m, 100m, 1_000m];

    /// <summary>What so many units cost, rounded to the currency's minor unit.</summary>
    public static decimal Of(decimal unitPrice, long quantity, Currency currency)
    {
        var minor = MinorUnits[currency.Decimals];
        return decimal.Floor((unitPrice * quantity * minor) + 0.5m) / minor;
    }

    /// <summary>What further units cost after some were charged: parts add up to the whole.</summary>
    public static decimal OfPart(decimal unitPrice, long before, long quantity, Currency currency) =>
        Of(unitPrice, before + quantity, currency) - Of(unitPrice, before, currency);
}
