namespace Commerce.Faults.People;

/// <summary>What the API told a customer that it did: from then on it stands, whatever happens.</summary>
abstract record Promise
{
    Promise()
    {
    }

    /// <summary>The order is taken.</summary>
    /// <param name="Key">The customer's key.</param>
    /// <param name="Order">Its id.</param>
    public sealed record Taken(string Key, Guid Order) : Promise;

    /// <summary>The order is called off.</summary>
    public sealed record Cancelled(Guid Order) : Promise;

    /// <summary>Units are on their way.</summary>
    public sealed record Shipped(Guid Order, Guid Shipment) : Promise;

    /// <summary>Units are back.</summary>
    public sealed record Returned(Guid Order, Guid Return) : Promise;

    /// <summary>Units came in.</summary>
    public sealed record Received(string Sku, string Location, int Quantity, string Reference) : Promise;
}
