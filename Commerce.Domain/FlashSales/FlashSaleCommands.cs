using System.Collections.Immutable;

namespace Commerce.Domain.FlashSales;

/// <summary>What can be asked of a flash sale. Where time matters, it comes along.</summary>
public abstract record FlashSaleCommand
{
    /// <summary>Announce it.</summary>
    public sealed record Announce(
        DateTimeOffset At,
        FlashSaleId Sale,
        Sku Sku,
        string Name,
        int Units,
        Money UnitPrice,
        DateTimeOffset Opens,
        DateTimeOffset Closes,
        int UnitsPerCustomer,
        int MinutesToPay) : FlashSaleCommand
    {
        /// <summary>Which of its streams this is; null: it has one.</summary>
        public SaleShard? Shard { get; init; }
    }

    /// <summary>Offer what stock gave; none where stock had nothing. Done once.</summary>
    public sealed record Stock(ImmutableArray<SalePart> Parts) : FlashSaleCommand;

    /// <summary>Claim units for a customer; its id makes it happen once. With a token it becomes an order at once.</summary>
    public sealed record Claim(DateTimeOffset At, OrderId Id, CustomerId Customer, int Quantity, string? Token) : FlashSaleCommand;

    /// <summary>Give the payment of a claim that came without.</summary>
    public sealed record Pay(DateTimeOffset At, OrderId Id, string Token) : FlashSaleCommand
    {
        /// <summary>Customers whose claim it must be: any other does not exist for whoever asks. Null: anybody's.</summary>
        public IReadOnlySet<CustomerId>? OnlyOf { get; init; }
    }

    /// <summary>Offer units of a claim again, whose stock is back in the sale's allocation. Done once for a claim.</summary>
    public sealed record Return(OrderId Id, int Quantity) : FlashSaleCommand;

    /// <summary>Give units of one location that nobody has claimed to another shard: so many, or half of them where that is more.</summary>
    public sealed record GiveUnits(int To, int Quantity) : FlashSaleCommand;

    /// <summary>Offer units that another shard gave. Done once for each number.</summary>
    public sealed record TakeUnits(int From, int Number, LocationId Location, int Quantity) : FlashSaleCommand;

    /// <summary>Do what is due: claims that were not paid go back, and at its end the sale closes.</summary>
    public sealed record Tick(DateTimeOffset At) : FlashSaleCommand;

    /// <summary>Close it now.</summary>
    public sealed record Close : FlashSaleCommand;
}

/// <summary>Why a command to a flash sale is refused.</summary>
public static class FlashSaleRejections
{
    /// <summary>Code of <see cref="ClaimKnown"/>.</summary>
    public const string ClaimKnownCode = "claim-known";

    /// <summary>No such sale.</summary>
    public static readonly Rejection Unknown = new("sale-unknown", "There is no such flash sale.", RejectionKind.NotFound);

    /// <summary>The id is taken.</summary>
    public static readonly Rejection Exists = new("sale-exists", "The flash sale is announced already.", RejectionKind.Conflict);

    /// <summary>Not a name.</summary>
    public static readonly Rejection NameInvalid = new("name-invalid", $"The product's name has 1 to {FlashSale.NameLengthMax} characters, none of them a control character.");

    /// <summary>Not a number of units.</summary>
    public static readonly Rejection UnitsInvalid = new("units-invalid", $"A flash sale offers 1 to {FlashSale.UnitsMax} units.");

    /// <summary>Not a price.</summary>
    public static readonly Rejection PriceInvalid = new("price-invalid", $"A flash sale's price is above zero, at most {Money.AmountMax / FlashSale.UnitsPerCustomerMax}, with at most {Money.UnitPriceDecimalsMax} decimals.");

    /// <summary>Not a time to sell.</summary>
    public static readonly Rejection TimesInvalid = new("times-invalid", $"A flash sale closes after it opens and after now, at most {FlashSale.DaysMax} days after it opens.");

    /// <summary>Not a limit.</summary>
    public static readonly Rejection UnitsPerCustomerInvalid = new("units-per-customer-invalid", $"A customer may claim 1 to {FlashSale.UnitsPerCustomerMax} units.");

    /// <summary>Not a time to pay.</summary>
    public static readonly Rejection MinutesToPayInvalid = new("minutes-to-pay-invalid", $"A claim is to be paid within 1 to {FlashSale.MinutesToPayMax} minutes.");

    /// <summary>Not a number of streams.</summary>
    public static readonly Rejection ShardsInvalid = new("shards-invalid", $"A flash sale is spread over 1 to {SaleShard.CountMax} streams, and has a unit for each.");

    /// <summary>Not another shard.</summary>
    public static readonly Rejection ShardUnknown = new("shard-unknown", "The flash sale has no such other shard.");

    /// <summary>Not a token.</summary>
    public static readonly Rejection TokenInvalid = new("payment-token-invalid", $"A payment token has 1 to {TradeLimits.PaymentTokenLengthMax} characters, none of them a control character.");

    /// <summary>Stock has not given its units yet.</summary>
    public static readonly Rejection NotStocked = new("sale-not-stocked", "The flash sale has not got its units from stock yet.", RejectionKind.Conflict);

    /// <summary>Too late.</summary>
    public static readonly Rejection Closed = new("sale-closed", "The flash sale is over.", RejectionKind.Conflict);

    /// <summary>Nothing is left to claim now; what is not paid in time is offered again.</summary>
    public static readonly Rejection SoldOut = new Rejection("sold-out", "Fewer units are left than asked for.", RejectionKind.Conflict).With("available", 0);

    /// <summary>More claims than a sale can know apart.</summary>
    public static readonly Rejection TooManyClaims = new("too-many-claims", $"A flash sale takes at most {FlashSale.ClaimsMax} claims.", RejectionKind.Conflict);

    /// <summary>The claim's id stands for another claim.</summary>
    public static readonly Rejection ClaimReused = new("idempotency-key-reused", "This Idempotency-Key stands for another request already.");

    /// <summary>No such claim.</summary>
    public static readonly Rejection ClaimUnknown = new("claim-unknown", "There is no such claim in the flash sale.", RejectionKind.NotFound);

    /// <summary>Its id names another stream: nobody would find it here again.</summary>
    public static readonly Rejection ClaimElsewhere = new("claim-elsewhere", "The claim's id names another shard of the flash sale.");

    /// <summary>Its units were offered again.</summary>
    public static readonly Rejection ClaimReturned = new("claim-returned", "The claim was not paid in time: its units are offered again.", RejectionKind.Conflict);

    /// <summary>A payment was given before.</summary>
    public static readonly Rejection ClaimPaid = new("claim-paid", "The claim has another payment already.", RejectionKind.Conflict);

    /// <summary>More comes back than the claim has.</summary>
    public static readonly Rejection ReturnInvalid = new("return-invalid", "No more units of a claim can be offered again than it has.");

    /// <summary>Too early.</summary>
    public static Rejection NotOpen(TimeSpan left) =>
        new Rejection("sale-not-open", "The flash sale is not open yet.", RejectionKind.Conflict).With("opensInSeconds", (long)Math.Ceiling(left.TotalSeconds));

    /// <summary>Not a quantity.</summary>
    public static Rejection QuantityInvalid(int unitsPerCustomer) =>
        new Rejection("quantity-invalid", "A claim is for one unit or more, and not for more than a customer may have.").With("unitsPerCustomer", unitsPerCustomer);

    /// <summary>The customer has what one may have.</summary>
    public static Rejection LimitReached(int left) =>
        new Rejection("limit-reached", "That is more than one customer may claim.", RejectionKind.Conflict).With("left", left);

    /// <summary>Fewer units are left, in one place, than asked for.</summary>
    public static Rejection SoldOutBut(int available) => available == 0 ? SoldOut : SoldOut.With("available", available);

    /// <summary>
    /// The same claim was made before: nothing is to be done, and this is what it was told. The sale knows all its claims, so a
    /// repeat is answered however late it comes.
    /// </summary>
    public static Rejection ClaimKnown(int place, int quantity, DateTimeOffset? payUntil)
    {
        var known = new Rejection(ClaimKnownCode, "The claim was made already.", RejectionKind.Conflict).With("place", place).With("quantity", quantity);
        return payUntil is { } until ? known.With("payUntil", until.ToUnixTimeSeconds()) : known;
    }
}
