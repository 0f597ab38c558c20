namespace Commerce.Benchmarks;

/// <summary>What the bare web server answers with where the application answers with an order: as many fields, texts, numbers and times.</summary>
sealed record KnownOrder(
    Guid OrderId, string Number, string Status, bool Settled, bool Compensating, string Origin, string CustomerId, string Country, string Currency,
    IReadOnlyList<KnownLine> Lines, KnownMoney Total, KnownPayment Payment, IReadOnlyList<KnownStock> Stock,
    DateTimeOffset PlacedAt, DateTimeOffset ConfirmedAt, DateTimeOffset ShippedAt, DateTimeOffset CompletedAt, long Revision, string Position)
{
    static readonly DateTimeOffset At = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);
    static readonly KnownMoney Price = new("12.50", "GBP");
    static readonly KnownMoney Nothing = new("0", "GBP");
    static readonly KnownLine[] OneLine = [new(1, "SKU-7", "White hanging heart T-light holder", 8, Price, Price, 8, 0, 0)];
    static readonly KnownStock[] OneStock = [new("SKU-7", "main", 0, 8, 0)];
    static readonly Guid Payment7 = new("01900000-0000-7000-8000-000000000007");

    /// <summary>The order of that id, which is known already.</summary>
    public static KnownOrder Of(Guid id) => new(
        id, "1234567", "completed", true, false, "client", "customer-7", "GB", "GBP", OneLine, Price, new(Payment7, "authorised", Price, Price, Nothing), OneStock, At, At, At, At, 3, "123456");
}

/// <summary>One line of it.</summary>
sealed record KnownLine(int Line, string Sku, string Name, int Quantity, KnownMoney UnitPrice, KnownMoney Amount, int Shipped, int Returned, int Cancelled);

/// <summary>An amount.</summary>
sealed record KnownMoney(string Amount, string Currency);

/// <summary>Its payment.</summary>
sealed record KnownPayment(Guid PaymentId, string Status, KnownMoney Authorised, KnownMoney Captured, KnownMoney Refunded);

/// <summary>Its stock.</summary>
sealed record KnownStock(string Sku, string Location, int Reserved, int Shipped, int Returned);
