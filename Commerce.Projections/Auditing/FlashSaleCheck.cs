using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;

namespace Commerce.Projections.Auditing;

/// <summary>
/// Each flash sale, all its shards together: units = unclaimed + claimed + given back; no claim twice, nobody above the limit, nothing claimed after the
/// end. Stock keeps at any event at least what the sale offers or waits to be paid for, and at the end exactly that. A claim
/// that has a payment is an order at the sale's price; one whose order was undone has its units offered again. What one shard gave
/// another takes once, and just that.
/// </summary>
sealed class FlashSaleCheck(AuditBook book) : AuditCheck(book)
{
    readonly Dictionary<FlashSaleId, SaleAccount> _sales = [];
    readonly Dictionary<StreamName, ShardAccount> _byStream = [];

    public override void On(RecordedEvent recorded, object? @event)
    {
        switch (@event)
        {
            case FlashSaleEvent.Announced e:
                Announce(recorded, e);
                break;
            case FlashSaleEvent sale when _byStream.TryGetValue(recorded.Stream, out var shard):
                shard.Sale.LastSeen = Auditing.Place.Of(recorded);
                Apply(recorded, shard, sale);
                break;
            case FlashSaleEvent:
                Book.Offend(recorded, "sale-not-announced", "The sale was never announced.");
                break;
            case StockEvent stock:
                Keep(recorded, stock);
                break;
            case OrderEvent.PlacedInSale order:
                Place(recorded, order);
                break;
        }
    }

    public override void Finish()
    {
        if (!Book.Options.RequireSettled)
        {
            return;
        }

        var orders = Book.Orders.ToDictionary(o => o.Id);
        foreach (var sale in _sales.Values)
        {
            foreach (var (location, part) in sale.Parts.Where(p => p.Value.Kept != p.Value.Unclaimed + p.Value.Waiting))
            {
                Book.Offend(sale.LastSeen, "sale-stock", $"Stock at {location} keeps {part.Kept} units for the sale, of which {part.Unclaimed} are unclaimed and {part.Waiting} wait to be paid.");
            }

            foreach (var (move, units) in sale.OnTheWay)
            {
                Book.Offend(sale.LastSeen, "units-on-the-way", $"Shard {move.To} has not taken the {units.Quantity} units that shard {move.From} gave it.");
            }

            foreach (var (id, claim) in sale.Claims.Where(c => c.Value.IsPaid))
            {
                CheckEnd(sale, id, claim, orders.GetValueOrDefault(id));
            }
        }
    }

    public override AuditReport Report(AuditReport report) => report with
    {
        FlashSales = _sales.Values.Aggregate(new FlashSaleFigures(), (sum, sale) => new FlashSaleFigures
        {
            Sales = sum.Sales + 1,
            Units = sum.Units + sale.Units,
            Unclaimed = sum.Unclaimed + sale.Parts.Values.Sum(p => p.Unclaimed),
            Waiting = sum.Waiting + sale.Parts.Values.Sum(p => p.Waiting),
            Ordered = sum.Ordered + sale.Claims.Values.Where(c => c.IsPaid).Sum(c => c.Left),
            GivenBack = sum.GivenBack + sale.GivenBack,
            Claims = sum.Claims + sale.Claims.Count,
        }),
    };

    void Announce(RecordedEvent recorded, FlashSaleEvent.Announced e)
    {
        var sale = Sale(e.Sale);
        var (of, number) = TryRead(recorded.Stream);
        if (of != e.Sale || _byStream.ContainsKey(recorded.Stream) || (number == 0 ? sale.Terms is not null : sale.Terms != e || number >= sale.Of))
        {
            Book.Offend(recorded, "sale-announced-twice", "The sale was announced before, or elsewhere, or by other terms.");
            return;
        }

        (sale.Terms, sale.LastSeen) = (e, Auditing.Place.Of(recorded));
        _byStream.Add(recorded.Stream, new(sale, number));
    }

    static (FlashSaleId? Sale, int Number) TryRead(StreamName stream)
    {
        try
        {
            return SaleShard.Read(stream);
        }
        catch (FormatException)
        {
            return (null, 0);
        }
    }

    void Apply(RecordedEvent recorded, ShardAccount shard, FlashSaleEvent @event)
    {
        var sale = shard.Sale;
        switch (@event)
        {
            case FlashSaleEvent.Stocked e:
                foreach (var part in e.Parts)
                {
                    shard.Offer(part.Location, part.Quantity);
                    sale.At(part.Location).Unclaimed += part.Quantity;
                    sale.Units += part.Quantity;
                    CheckKept(recorded, sale.At(part.Location));
                }

                break;
            case FlashSaleEvent.Sharded e:
                sale.Of = e.Of;
                break;
            case FlashSaleEvent.UnitsGiven e:
                Give(recorded, shard, e);
                break;
            case FlashSaleEvent.UnitsTaken e:
                Take(recorded, shard, e);
                break;
            case FlashSaleEvent.Claimed e:
                Claim(recorded, shard, e);
                break;
            case FlashSaleEvent.PaymentGiven e when sale.Claims.TryGetValue(e.Claim, out var claim):
                claim.Part.Waiting -= claim.IsPaid ? 0 : claim.Left;
                claim.IsPaid = true;
                break;
            case FlashSaleEvent.ClaimReturned e when sale.Claims.TryGetValue(e.Claim, out var claim):
                Return(recorded, shard, claim, e);
                break;
            case FlashSaleEvent.PaymentGiven or FlashSaleEvent.ClaimReturned:
                Book.Offend(recorded, "claim-not-made", "The claim was never made.");
                break;
            case FlashSaleEvent.Closed:
                shard.IsClosed = true;
                break;
            case FlashSaleEvent.RestReturned e:
                sale.At(e.Location).Unclaimed -= e.Quantity;
                sale.GivenBack += e.Quantity;
                CheckUnclaimed(recorded, shard, e.Location, -e.Quantity);
                break;
            default:
                Book.Offend(recorded, "event-not-judged", $"The auditor has no rule for {recorded.Type}.");
                break;
        }
    }

    void Give(RecordedEvent recorded, ShardAccount shard, FlashSaleEvent.UnitsGiven e)
    {
        var move = (shard.Number, e.To, e.Number);
        if (e.From != shard.Number || e.To == shard.Number || e.To < 0 || e.To >= shard.Sale.Of || e.Quantity <= 0 || !shard.Sale.Moves.Add(move))
        {
            Book.Offend(recorded, "units-given-twice", $"Shard {shard.Number} gave these units to shard {e.To} before, or there is no such shard.");
            return;
        }

        shard.Sale.OnTheWay.Add(move, (e.Location, e.Quantity));
        CheckUnclaimed(recorded, shard, e.Location, -e.Quantity);
    }

    void Take(RecordedEvent recorded, ShardAccount shard, FlashSaleEvent.UnitsTaken e)
    {
        if (!shard.Sale.OnTheWay.Remove((e.From, shard.Number, e.Number), out var given) || given != (e.Location, e.Quantity))
        {
            Book.Offend(recorded, "units-taken-twice", $"Shard {e.From} gave shard {shard.Number} no such units, or they were taken before.");
        }

        shard.Offer(e.Location, e.Quantity);
    }

    void Claim(RecordedEvent recorded, ShardAccount shard, FlashSaleEvent.Claimed e)
    {
        var sale = shard.Sale;
        if (e.Part < 0 || e.Part >= shard.Order.Count || sale.Claims.ContainsKey(e.Claim))
        {
            Book.Offend(recorded, "claim-twice", $"Claim {e.Claim} was made before, or of units that the sale never had.");
            return;
        }

        var part = sale.At(shard.Order[e.Part]);
        shard.Claims++;
        sale.Claims.Add(e.Claim, new ClaimAccount(e.Customer, e.Quantity, shard.Order[e.Part], part) { IsPaid = e.PayUntil is null });
        part.Unclaimed -= e.Quantity;
        part.Waiting += e.PayUntil is null ? 0 : e.Quantity;
        sale.ByCustomer[e.Customer] = sale.ByCustomer.GetValueOrDefault(e.Customer) + e.Quantity;
        CheckUnclaimed(recorded, shard, shard.Order[e.Part], -e.Quantity);
        if (shard.IsClosed)
        {
            Book.Offend(recorded, "claim-after-end", "The sale was closed before.");
        }

        if (e.Place != shard.Claims)
        {
            Book.Offend(recorded, "claim-place", $"It is the {shard.Claims}. claim, not the {e.Place}.");
        }

        if (sale.Of > 1 && recorded.Stream != SaleShard.StreamOf(sale.Terms?.Sale ?? default, e.Claim))
        {
            Book.Offend(recorded, "claim-elsewhere", $"Claim {e.Claim} names another shard.");
        }

        if (e.Quantity <= 0 || sale.ByCustomer[e.Customer] > sale.Terms?.UnitsPerCustomer)
        {
            Book.Offend(recorded, "claim-over-limit", $"Customer {e.Customer} has {sale.ByCustomer[e.Customer]} units of {sale.Terms?.UnitsPerCustomer}.");
        }
    }

    void Return(RecordedEvent recorded, ShardAccount shard, ClaimAccount claim, FlashSaleEvent.ClaimReturned e)
    {
        if (claim.IsReturned || e.Quantity <= 0 || e.Quantity > claim.Left)
        {
            Book.Offend(recorded, "claim-returned-twice", $"{e.Quantity} units of claim {e.Claim} are offered again, which has {claim.Left}.");
        }

        claim.IsReturned = true;
        claim.Left -= e.Quantity;
        claim.Part.Unclaimed += e.Quantity;
        shard.Offer(claim.Location, e.Quantity);
        claim.Part.Waiting -= claim.IsPaid ? 0 : e.Quantity;
        shard.Sale.ByCustomer[claim.Customer] -= e.Quantity;
        CheckKept(recorded, claim.Part);
    }

    void Keep(RecordedEvent recorded, StockEvent @event)
    {
        var (sale, units) = @event switch
        {
            StockEvent.Allocated e => (e.Sale, e.Quantity),
            StockEvent.AllocationReturned e => (e.Sale, -e.Quantity),
            StockEvent.ReservedInSale e => (e.Sale, -e.Quantity),
            StockEvent.ReleasedToSale e => (e.Sale, e.Quantity),
            _ => ((FlashSaleId?)null, 0),
        };
        var id = recorded.Stream.Id;
        if (sale is { } known && LocationId.TryParse(id[(id.LastIndexOf('@') + 1)..], null, out var location))
        {
            var part = Sale(known).At(location);
            part.Kept += units;
            if (units < 0)
            {
                CheckKept(recorded, part);
            }
        }
    }

    void Place(RecordedEvent recorded, OrderEvent.PlacedInSale e)
    {
        if (!_sales.TryGetValue(e.Sale, out var sale) || !sale.Claims.TryGetValue(e.Order, out var claim))
        {
            Book.Offend(recorded, "order-without-claim", $"Sale {e.Sale} has no such claim.");
            return;
        }

        if (e.Lines is not [var line] || line.Sku != sale.Terms?.Sku || line.Quantity != claim.Quantity || line.UnitPrice != sale.Terms.UnitPrice || e.Customer != claim.Customer)
        {
            Book.Offend(recorded, "order-not-as-claimed", "The order is not for what was claimed, at the sale's price.");
        }
    }

    void CheckEnd(SaleAccount sale, OrderId id, ClaimAccount claim, OrderAccount? order)
    {
        if (order is null or { Status: OrderStatus.None })
        {
            Book.Offend(sale.LastSeen, "claim-not-ordered", $"Claim {id} has a payment and is no order.");
            return;
        }

        var wanted = order.IsUndone ? 0 : order.Lines.Sum(l => l.Quantity - l.Cancelled);
        if (claim.Left != wanted)
        {
            Book.Offend(sale.LastSeen, "claim-units", $"Claim {id} has {claim.Left} units, its order wants {wanted}.");
        }
    }

    void CheckUnclaimed(RecordedEvent recorded, ShardAccount shard, LocationId location, int change)
    {
        if (shard.Offer(location, change) is < 0 and var left)
        {
            Book.Offend(recorded, "sale-oversold", $"{left} units are unclaimed.");
        }
    }

    // The log is causal: stock has its units back before they are offered, and what is offered it does not give away.
    void CheckKept(RecordedEvent recorded, PartAccount part)
    {
        if (part.Kept < part.Unclaimed + part.Waiting)
        {
            Book.Offend(recorded, "sale-offers-unkept", $"The sale offers {part.Unclaimed} units and waits for the payment of {part.Waiting}; stock keeps {part.Kept}.");
        }
    }

    SaleAccount Sale(FlashSaleId id)
    {
        if (!_sales.TryGetValue(id, out var sale))
        {
            _sales.Add(id, sale = new SaleAccount());
        }

        return sale;
    }
}
