using System.Collections.Immutable;
using System.Diagnostics;
using Commerce.Domain.Log;
using static Commerce.Domain.Decision;

namespace Commerce.Domain.FlashSales;

/// <summary>
/// Some units of a SKU at a price of their own, first come, first served. Invariant: Units = unclaimed + claimed + given back
/// to stock, each 0 or more; nobody has more than the limit.
/// </summary>
/// <remarks>Its claims lie in a <see cref="ClaimBook"/>, which is evolved in place: the latest state is the valid one.</remarks>
public sealed partial record FlashSale
{
    /// <summary>Units of a sale at most: a claim each, they take 77 MB.</summary>
    public const int UnitsMax = 1_000_000;

    /// <summary>Claims at most, those that were not paid counted: what one sale can take of a process's memory, 320 MB.</summary>
    public const int ClaimsMax = 4_000_000;

    /// <summary>Units that a customer can be allowed at most.</summary>
    public const int UnitsPerCustomerMax = 1_000;

    /// <summary>Minutes to pay at most: a day.</summary>
    public const int MinutesToPayMax = 1_440;

    /// <summary>Days between opening and closing at most: longer, it is a price.</summary>
    public const int DaysMax = 31;

    /// <summary>Characters of the product's name at most.</summary>
    public const int NameLengthMax = TradeLimits.ProductNameLengthMax;

    /// <summary>Claims that one look at the clock sends back at most: an append holds them, and others have their turn.</summary>
    public const int LapsesMax = 1_000;

    /// <summary>Before it is announced.</summary>
    public static readonly FlashSale None = new();

    /// <summary>The aggregate.</summary>
    public static readonly Decider<FlashSaleCommand, FlashSaleEvent, FlashSale> Decider = new("flashsale", None, Decide, Evolve) { EvolvesInPlace = true, Shape = new(2, Write, Read) };

    ClaimBook _book = ClaimBook.Empty;
    int _changes;
    int _oldestWaiting;

    /// <summary>What was announced; null: nothing.</summary>
    public FlashSaleEvent.Announced? Terms { get; private init; }

    /// <summary>What stock gave, by location; default: nothing was asked for yet.</summary>
    public ImmutableArray<SalePart> Parts { get; private init; }

    /// <summary>Units of each part that nobody has claimed and stock has not got back.</summary>
    public ImmutableArray<int> Unclaimed { get; private init; } = [];

    /// <summary>Claims that were made.</summary>
    public int Claims { get; private init; }

    /// <summary>Units that are claimed and not offered again.</summary>
    public int Claimed { get; private init; }

    /// <summary>Units that stock got back.</summary>
    public int GivenBack { get; private init; }

    /// <summary>Times that each part gave units back to stock.</summary>
    public ImmutableArray<int> Returns { get; private init; } = [];

    /// <summary>Whether nothing is claimed any more.</summary>
    public bool IsClosed { get; private init; }

    /// <summary>Whether stock gave what it had.</summary>
    public bool IsStocked => !Parts.IsDefault;

    /// <summary>Units that stock gave this stream.</summary>
    public int Units => IsStocked ? Parts.Sum(p => p.Quantity) : 0;

    /// <summary>Units that can be claimed.</summary>
    public int Remaining => Unclaimed.Sum();

    /// <summary>Its stream.</summary>
    public static StreamName StreamOf(FlashSaleId id) => StreamName.For("flashsale", id.ToString());

    /// <summary>A claim, or null. Asked of the latest state only.</summary>
    public ClaimEntry? Find(OrderId claim) => Book.Find(claim.Value) is var place and >= 0 ? Book[place] : null;

    /// <summary>Units that a customer has. Asked of the latest state only.</summary>
    public int UnitsOf(CustomerId customer) => Book.UnitsOf(customer);

    /// <summary>The sale after an event.</summary>
    public static FlashSale Evolve(FlashSale sale, FlashSaleEvent @event) => @event switch
    {
        FlashSaleEvent.Announced e => new FlashSale { Terms = e, _book = new ClaimBook() },
        FlashSaleEvent.Stocked e => sale with { Parts = e.Parts, Unclaimed = [.. e.Parts.Select(p => p.Quantity)], Returns = [.. e.Parts.Select(_ => 0)] },
        FlashSaleEvent.Sharded e => sale with { Shard = new(e.Number, e.Of) },
        FlashSaleEvent.Claimed e => sale.Take(e),
        FlashSaleEvent.PaymentGiven e => sale.Change(sale.Book.Pay(e.Claim.Value, e.Token)),
        FlashSaleEvent.ClaimReturned e => sale.TakeBack(e),
        FlashSaleEvent.UnitsGiven e => sale.Give(e),
        FlashSaleEvent.UnitsTaken e => sale.Receive(e),
        FlashSaleEvent.Closed => sale with { IsClosed = true },
        FlashSaleEvent.RestReturned e => sale.GiveBack(sale.PartAt(e.Location), e),
        _ => throw new UnreachableException(),
    };

    /// <summary>What a command leads to.</summary>
    public static Decision<FlashSaleEvent> Decide(FlashSaleCommand command, FlashSale sale) => command switch
    {
        FlashSaleCommand.Announce when sale.Terms is not null => FlashSaleRejections.Exists,
        FlashSaleCommand.Announce c => Announce(c),

        _ when sale.Terms is null => FlashSaleRejections.Unknown,

        FlashSaleCommand.Stock when sale.IsStocked => Nothing,
        FlashSaleCommand.Stock c => sale.DecideStock(c),
        FlashSaleCommand.Claim c => sale.DecideClaim(c, sale.Terms),
        FlashSaleCommand.Pay c => sale.DecidePay(c, sale.Terms),
        FlashSaleCommand.Return c => sale.DecideReturn(c),
        FlashSaleCommand.GiveUnits c => sale.DecideGive(c, sale.Terms),
        FlashSaleCommand.TakeUnits c => sale.DecideTake(c),
        FlashSaleCommand.Tick c => sale.DecideTick(c, sale.Terms),
        FlashSaleCommand.Close when sale.IsClosed => Nothing,
        FlashSaleCommand.Close => Decision<FlashSaleEvent>.Of([new FlashSaleEvent.Closed(IsEarly: true), .. sale.Rest(sale.Unclaimed)]),
        _ => throw new UnreachableException(),
    };

    ClaimBook Book => _book.At(_changes);

    static Decision<FlashSaleEvent> Announce(FlashSaleCommand.Announce c)
    {
        var refusal = c switch
        {
            _ when !FreeText.IsValid(c.Name, NameLengthMax) => FlashSaleRejections.NameInvalid,
            { Units: <= 0 or > UnitsMax } => FlashSaleRejections.UnitsInvalid,
            _ when c.UnitPrice is not { IsUnitPrice: true, Amount: > 0 } || c.UnitPrice.Amount > Money.AmountMax / UnitsPerCustomerMax => FlashSaleRejections.PriceInvalid,
            _ when c.Closes <= c.Opens || c.Closes <= c.At || c.Closes - c.Opens > TimeSpan.FromDays(DaysMax) => FlashSaleRejections.TimesInvalid,
            { UnitsPerCustomer: <= 0 or > UnitsPerCustomerMax } => FlashSaleRejections.UnitsPerCustomerInvalid,
            { MinutesToPay: <= 0 or > MinutesToPayMax } => FlashSaleRejections.MinutesToPayInvalid,
            { Shard: { } shard } when shard.Of is < 1 or > SaleShard.CountMax || shard.Of > c.Units || shard.Number < 0 || shard.Number >= shard.Of => FlashSaleRejections.ShardsInvalid,
            _ => null,
        };
        if (refusal is not null)
        {
            return refusal;
        }

        var announced = new FlashSaleEvent.Announced(c.Sale, c.Sku, c.Name, c.Units, c.UnitPrice, c.Opens, c.Closes, c.UnitsPerCustomer, c.MinutesToPay);
        return c.Shard is { Of: > 1 } one ? Decision<FlashSaleEvent>.Of(announced, new FlashSaleEvent.Sharded(one.Number, one.Of)) : announced;
    }

    Decision<FlashSaleEvent> DecideStock(FlashSaleCommand.Stock c)
    {
        var stocked = new FlashSaleEvent.Stocked([.. c.Parts.Where(p => p.Quantity > 0)]);
        return IsClosed
            ? Decision<FlashSaleEvent>.Of([stocked, .. Evolve(this, stocked).Rest([.. stocked.Parts.Select(p => p.Quantity)])])
            : stocked;
    }

    Decision<FlashSaleEvent> DecideClaim(FlashSaleCommand.Claim c, FlashSaleEvent.Announced terms)
    {
        if (Book.Find(c.Id.Value) is var known and >= 0)
        {
            var claim = Book[known];
            return claim.Quantity == c.Quantity && Book.IsBy(claim, c.Customer) && claim.IsPaidWith(c.Token)
                ? FlashSaleRejections.ClaimKnown(known + 1, claim.Quantity, claim.PayUntil)
                : FlashSaleRejections.ClaimReused;
        }

        if (RefusalOf(c, terms) is { } refusal)
        {
            return refusal;
        }

        var part = PartWith(c.Quantity);
        if (part < 0)
        {
            return FlashSaleRejections.SoldOutBut(Unclaimed.IsEmpty ? 0 : Unclaimed.Max());
        }

        var left = terms.UnitsPerCustomer - Book.UnitsOf(c.Customer);
        if (c.Quantity > left)
        {
            return FlashSaleRejections.LimitReached(left);
        }

        return c.Token is { } token
            ? Decision<FlashSaleEvent>.Of(
                new FlashSaleEvent.Claimed(c.Id, c.Customer, c.Quantity, Claims + 1, part, null),
                new FlashSaleEvent.PaymentGiven(terms.Sale, c.Id, c.Customer, c.Quantity, Parts[part].Location, token))
            : new FlashSaleEvent.Claimed(c.Id, c.Customer, c.Quantity, Claims + 1, part, WholeSeconds(c.At.AddMinutes(terms.MinutesToPay)));
    }

    Rejection? RefusalOf(FlashSaleCommand.Claim c, FlashSaleEvent.Announced terms) => c switch
    {
        _ when SaleShard.NumberOf(c.Id) != Shard.Number => FlashSaleRejections.ClaimElsewhere,
        _ when c.Quantity <= 0 || c.Quantity > terms.UnitsPerCustomer => FlashSaleRejections.QuantityInvalid(terms.UnitsPerCustomer),
        _ when !FreeText.IsNullOrValid(c.Token, TradeLimits.PaymentTokenLengthMax) => FlashSaleRejections.TokenInvalid,
        _ when IsClosed || c.At >= terms.Closes => FlashSaleRejections.Closed,
        _ when c.At < terms.Opens => FlashSaleRejections.NotOpen(terms.Opens - c.At),
        _ when !IsStocked => FlashSaleRejections.NotStocked,
        _ when Claims == ClaimsMax => FlashSaleRejections.TooManyClaims,
        _ => null,
    };

    Decision<FlashSaleEvent> DecidePay(FlashSaleCommand.Pay c, FlashSaleEvent.Announced terms)
    {
        if (!FreeText.IsValid(c.Token, TradeLimits.PaymentTokenLengthMax))
        {
            return FlashSaleRejections.TokenInvalid;
        }

        if (Book.Find(c.Id.Value) is not (var place and >= 0))
        {
            return FlashSaleRejections.ClaimUnknown;
        }

        var claim = Book[place];
        if (c.OnlyOf?.Contains(Book.CustomerOf(claim)) == false)
        {
            return FlashSaleRejections.ClaimUnknown;
        }

        return claim.Status switch
        {
            ClaimStatus.Ordered => claim.IsPaidWith(c.Token) ? Nothing : FlashSaleRejections.ClaimPaid,
            ClaimStatus.Waiting when c.At < claim.PayUntil => new FlashSaleEvent.PaymentGiven(terms.Sale, c.Id, Book.CustomerOf(claim), claim.Quantity, Parts[claim.Part].Location, c.Token),
            _ => FlashSaleRejections.ClaimReturned,
        };
    }

    Decision<FlashSaleEvent> DecideReturn(FlashSaleCommand.Return c)
    {
        if (Book.Find(c.Id.Value) is not (var place and >= 0))
        {
            return FlashSaleRejections.ClaimUnknown;
        }

        var claim = Book[place];
        return claim.Status == ClaimStatus.Returned ? Nothing
            : c.Quantity <= 0 || c.Quantity > claim.Left ? FlashSaleRejections.ReturnInvalid
            : Decision<FlashSaleEvent>.Of([
                new FlashSaleEvent.ClaimReturned(c.Id, c.Quantity, ClaimReturnReason.OrderUndone),
                .. IsClosed ? Rest(Unclaimed.SetItem(claim.Part, Unclaimed[claim.Part] + c.Quantity)) : []]);
    }

    Decision<FlashSaleEvent> DecideTick(FlashSaleCommand.Tick c, FlashSaleEvent.Announced terms)
    {
        var events = ImmutableArray.CreateBuilder<FlashSaleEvent>();
        var isClosing = !IsClosed && c.At >= terms.Closes;
        if (isClosing)
        {
            events.Add(new FlashSaleEvent.Closed(IsEarly: false));
        }

        var unclaimed = Unclaimed.ToBuilder();
        for (var place = _oldestWaiting; place < Claims && events.Count < LapsesMax; place++)
        {
            var claim = Book[place];
            if (claim.Status == ClaimStatus.Waiting && c.At < claim.PayUntil)
            {
                break;
            }

            if (claim.Status == ClaimStatus.Waiting)
            {
                events.Add(new FlashSaleEvent.ClaimReturned(new OrderId(claim.Id), claim.Left, ClaimReturnReason.Unpaid));
                unclaimed[claim.Part] += claim.Left;
            }
        }

        if (isClosing || IsClosed)
        {
            events.AddRange(Rest(unclaimed.ToImmutable()));
        }

        return Decision<FlashSaleEvent>.Of(events.ToImmutable());
    }

    /// <summary>What a closed sale gives back at once: all that nobody has claimed. Shards count in turn, so that no two use one number.</summary>
    IEnumerable<FlashSaleEvent> Rest(ImmutableArray<int> unclaimed)
    {
        for (var part = 0; part < unclaimed.Length && Terms is not null; part++)
        {
            if (unclaimed[part] > 0)
            {
                yield return new FlashSaleEvent.RestReturned(Terms.Sale, Terms.Sku, (Returns[part] * Shard.Of) + Shard.Number + 1, Parts[part].Location, unclaimed[part]);
            }
        }
    }

    // From one place: an order that needs two of them could be served in part only.
    int PartWith(int quantity)
    {
        for (var part = 0; part < Unclaimed.Length; part++)
        {
            if (Unclaimed[part] >= quantity)
            {
                return part;
            }
        }

        return -1;
    }

    int PartAt(LocationId location)
    {
        for (var part = 0; part < Parts.Length; part++)
        {
            if (Parts[part].Location == location)
            {
                return part;
            }
        }

        throw new UnreachableException($"The sale has no part at {location}.");
    }

    FlashSale Take(FlashSaleEvent.Claimed e) => With(e.Part, -e.Quantity) with
    {
        _changes = Book.Add(e),
        Claims = Claims + 1,
        Claimed = Claimed + e.Quantity,
    };

    FlashSale TakeBack(FlashSaleEvent.ClaimReturned e)
    {
        var part = Book[Book.Find(e.Claim.Value)].Part;
        return (With(part, e.Quantity) with { Claimed = Claimed - e.Quantity }).Change(Book.Return(e.Claim.Value, e.Quantity));
    }

    FlashSale GiveBack(int part, FlashSaleEvent.RestReturned e) => With(part, -e.Quantity) with
    {
        Returns = Returns.SetItem(part, ((e.Number - 1) / Shard.Of) + 1),
        GivenBack = GivenBack + e.Quantity,
    };

    FlashSale Change(int changes)
    {
        var changed = this with { _changes = changes };
        while (changed._oldestWaiting < Claims && changed.Book[changed._oldestWaiting].Status != ClaimStatus.Waiting)
        {
            changed._oldestWaiting++;
        }

        return changed;
    }

    FlashSale With(int part, int units) => this with { Unclaimed = Unclaimed.SetItem(part, Unclaimed[part] + units) };

    static DateTimeOffset WholeSeconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeSeconds((at.ToUniversalTime().UtcTicks + TimeSpan.TicksPerSecond - 1 - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerSecond);
}
