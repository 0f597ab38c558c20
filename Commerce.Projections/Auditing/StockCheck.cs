using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;

namespace Commerce.Projections.Auditing;

/// <summary>
/// Units as double entry: each event moves units from one account to another, so that
/// received = available + reserved + allocated + shipped + written off; no account may go below zero at any event.
/// Units are released and shipped only for an order that holds them.
/// </summary>
sealed class StockCheck(AuditBook book) : AuditCheck(book)
{
    readonly Dictionary<StreamName, StockAccount> _stocks = [];

    public override void On(RecordedEvent recorded, object? @event)
    {
        if (@event is not StockEvent stockEvent || Account(recorded) is not { } stock)
        {
            return;
        }

        var before = stock.Units;
        stock.Units = stockEvent switch
        {
            StockEvent.Received e => before with { Received = before.Received + e.Quantity, Available = before.Available + e.Quantity },
            StockEvent.Allocated e => before with { Available = before.Available - e.Quantity, Allocated = before.Allocated + e.Quantity },
            StockEvent.AllocationReturned e => before with { Available = before.Available + e.Quantity, Allocated = before.Allocated - e.Quantity },
            StockEvent.Reserved e => Reserve(recorded, stock, e),
            StockEvent.Released e => Release(recorded, stock, e),
            StockEvent.Shipped e => Ship(recorded, stock, e),
            StockEvent.WrittenOff e => before with { Available = before.Available - e.Quantity, WrittenOff = before.WrittenOff + e.Quantity },
            StockEvent.Returned e => Return(recorded, stock, e),
            _ => Unjudged(recorded, before),
        };

        if (stockEvent is not StockEvent.Allocated { Quantity: 0 } && QuantityOf(stockEvent) <= 0)
        {
            Book.Offend(recorded, "quantity-not-positive", $"A quantity of {QuantityOf(stockEvent)} moves nothing.");
        }

        CheckNotBelowZero(recorded, "available", before.Available, stock.Units.Available);
        CheckNotBelowZero(recorded, "reserved", before.Reserved, stock.Units.Reserved);
        CheckNotBelowZero(recorded, "allocated", before.Allocated, stock.Units.Allocated);
        CheckNotBelowZero(recorded, "shipped", before.Shipped, stock.Units.Shipped);
    }

    public override AuditReport Report(AuditReport report) => report with
    {
        Stock = _stocks.Values.Aggregate(new StockFigures(), (sum, stock) => new StockFigures
        {
            Places = sum.Places + 1,
            Received = sum.Received + stock.Units.Received,
            Available = sum.Available + stock.Units.Available,
            Reserved = sum.Reserved + stock.Units.Reserved,
            Allocated = sum.Allocated + stock.Units.Allocated,
            Shipped = sum.Shipped + stock.Units.Shipped,
            WrittenOff = sum.WrittenOff + stock.Units.WrittenOff,
            Returned = sum.Returned + stock.Units.Returned,
        }),
    };

    static int QuantityOf(StockEvent @event) => @event switch
    {
        StockEvent.Received e => e.Quantity,
        StockEvent.Allocated e => e.Quantity,
        StockEvent.AllocationReturned e => e.Quantity,
        StockEvent.Reserved e => e.Quantity,
        StockEvent.Released e => e.Quantity,
        StockEvent.Shipped e => e.Quantity,
        StockEvent.WrittenOff e => e.Quantity,
        StockEvent.Returned e => e.Quantity,
        _ => 1,
    };

    StockFigures Reserve(RecordedEvent recorded, StockAccount stock, StockEvent.Reserved e)
    {
        if (!stock.Held.TryAdd(e.Order, e.Quantity))
        {
            Book.Offend(recorded, "reserved-twice", $"Order {e.Order} holds {stock.Held[e.Order]} units here already.");
            stock.Held[e.Order] += e.Quantity;
        }

        Book.Order(e.Order, recorded).MovedOf(stock.Sku).Held += e.Quantity;
        return Unpromise(stock.Units, e is StockEvent.ReservedInSale, -e.Quantity) with { Reserved = stock.Units.Reserved + e.Quantity };
    }

    StockFigures Release(RecordedEvent recorded, StockAccount stock, StockEvent.Released e)
    {
        LetGo(recorded, stock, e.Order, e.Quantity, "released-not-held");
        return Unpromise(stock.Units, e is StockEvent.ReleasedToSale, e.Quantity) with { Reserved = stock.Units.Reserved - e.Quantity };
    }

    // What no order holds is available, or kept for the sale whose order it was.
    static StockFigures Unpromise(StockFigures units, bool isOfSale, int quantity) => isOfSale
        ? units with { Allocated = units.Allocated + quantity }
        : units with { Available = units.Available + quantity };

    StockFigures Ship(RecordedEvent recorded, StockAccount stock, StockEvent.Shipped e)
    {
        LetGo(recorded, stock, e.Order, e.Quantity, "shipped-not-held");
        Book.Order(e.Order, recorded).MovedOf(stock.Sku).Shipped += e.Quantity;
        return stock.Units with { Shipped = stock.Units.Shipped + e.Quantity, Reserved = stock.Units.Reserved - e.Quantity };
    }

    StockFigures Return(RecordedEvent recorded, StockAccount stock, StockEvent.Returned e)
    {
        Book.Order(e.Order, recorded).MovedOf(stock.Sku).Returned += e.Quantity;
        return stock.Units with
        {
            Shipped = stock.Units.Shipped - e.Quantity,
            Available = stock.Units.Available + e.Quantity,
            Returned = stock.Units.Returned + e.Quantity,
        };
    }

    void LetGo(RecordedEvent recorded, StockAccount stock, OrderId order, int quantity, string code)
    {
        var held = stock.Held.GetValueOrDefault(order);
        if (quantity > held)
        {
            Book.Offend(recorded, code, $"Order {order} holds {held} units here, not {quantity}.");
        }

        if (quantity >= held)
        {
            stock.Held.Remove(order);
        }
        else
        {
            stock.Held[order] = held - quantity;
        }

        Book.Order(order, recorded).MovedOf(stock.Sku).Held -= quantity;
    }

    StockFigures Unjudged(RecordedEvent recorded, StockFigures before)
    {
        Book.Offend(recorded, "event-not-judged", $"The auditor has no rule for {recorded.Type}.");
        return before;
    }

    // Told where it falls, not at every event after.
    void CheckNotBelowZero(RecordedEvent recorded, string account, long before, long after)
    {
        if (after < 0 && after < before)
        {
            Book.Offend(recorded, $"{account}-below-zero", $"{after} units are {account}.");
        }
    }

    StockAccount? Account(RecordedEvent recorded)
    {
        if (_stocks.TryGetValue(recorded.Stream, out var stock))
        {
            return stock;
        }

        var id = recorded.Stream.Id;
        var at = id.LastIndexOf('@');
        if (recorded.Stream.Category != "stock" || at < 0 || !Sku.TryParse(id[..at], null, out var sku))
        {
            Book.Offend(recorded, "wrong-stream", $"{recorded.Type} belongs to a stream of stock.");
            return null;
        }

        stock = new StockAccount(sku);
        _stocks.Add(recorded.Stream, stock);
        return stock;
    }

    /// <summary>One SKU at one location.</summary>
    sealed class StockAccount(Sku sku)
    {
        public Sku Sku { get; } = sku;

        public StockFigures Units { get; set; } = new();

        public Dictionary<OrderId, int> Held { get; } = [];
    }
}
