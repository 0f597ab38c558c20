using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;

namespace Commerce.Commands.Importing;

/// <summary>Plans invoices that are no cancellations: their sold lines make an order, the others move stock.</summary>
sealed class SalePlanner(ChunkBook book)
{
    // It is shipped in the same moment; the deadline only has to lie behind it.
    static readonly TimeSpan ReservedFor = TimeSpan.FromDays(1);

    /// <summary>Bytes that the lines of an order may take in the log, its event being one append; each character of a name may take six.</summary>
    const int LinesBytesMax = IEventLog.AppendBytesMax * 3 / 4;
    const int LineBytes = 250;

    /// <summary>Plans one invoice.</summary>
    public void Plan(Occasion occasion, List<RetailLine> lines)
    {
        var sold = new List<RetailLine>();
        var (total, bytes) = (Money.Zero(RetailLine.Pounds), 0);
        foreach (var line in lines)
        {
            var (charge, size) = (line.UnitPrice.Charge(line.Quantity), LineBytes + (6 * NameOf(line).Length));
            if (line.Quantity <= 0 || line.Price == 0)
            {
                Adjust(occasion, line);
            }
            else if (sold.Count == Order.LinesMax || total.Amount + charge.Amount > Money.AmountMax || bytes + size > LinesBytesMax)
            {
                book.Reject(line, $"an order has at most {Order.LinesMax} lines of {LinesBytesMax} bytes and a total of {Money.AmountMax}");
            }
            else
            {
                sold.Add(line);
                (total, bytes) = (total + charge, bytes + size);
            }
        }

        if (sold.Count > 0)
        {
            PlaceOrder(occasion, sold, total);
        }
    }

    void PlaceOrder(Occasion occasion, List<RetailLine> sold, Money total)
    {
        var order = ImportIds.Order(occasion.Invoice);
        var number = ImportNumbers.Of(occasion);
        var lines = sold.Select((l, n) => new OrderLine(n + 1, l.Sku, NameOf(l), l.Quantity, l.UnitPrice)).ToList();
        book.Orders.Add(new PlannedOrder(
            occasion,
            new OrderCommand.Place(order, number, RetailLine.Pounds, sold[0].Customer, sold[0].Country, PaymentToken: null, OrderOrigin.Import, [.. lines]),
            total));
        foreach (var sku in lines.GroupBy(l => l.Sku))
        {
            var units = sku.Sum(l => l.Quantity);
            book.Move(sku.Key, occasion, new StockCommand.Reserve(order, units, occasion.At + ReservedFor));
            book.Move(sku.Key, occasion, new StockCommand.Ship(order, units, ImportIds.Shipment(order)));
        }

        foreach (var (line, n) in sold.Select((l, n) => (l, n + 1)))
        {
            Offer(occasion, line);
            if (line.Customer is { } customer)
            {
                book.Sales.Add(new SaleLine(order, n, number, customer, line.Sku, line.Price, line.Quantity, Returned: 0, occasion.At));
            }
        }

        book.Figures = book.Figures with
        {
            Sold = sold.Aggregate(book.Figures.Sold, (sum, l) => sum + l.Tally),
            Orders = book.Figures.Orders + 1,
            Ordered = book.Figures.Ordered + total.Amount,
        };
    }

    void Adjust(Occasion occasion, RetailLine line)
    {
        StockCommand? command = line switch
        {
            { Quantity: 0 } => null,
            { Quantity: < 0 } => new StockCommand.WriteOff(-line.Quantity, Text($"invoice {line.Invoice}", line)),
            { Customer: not null } => new StockCommand.WriteOff(line.Quantity, Text($"given away with invoice {line.Invoice}", line)),
            _ => new StockCommand.Receive(line.Quantity, Text($"found, invoice {line.Invoice}", line)),
        };
        if (command is not null)
        {
            book.Move(line.Sku, occasion, command);
        }

        book.Figures = book.Figures with { Adjusted = book.Figures.Adjusted + line.Tally };
    }

    void Offer(Occasion occasion, RetailLine line)
    {
        var known = book.Products.GetValueOrDefault(line.Sku, new PlannedProduct(occasion, NameOf(line), line.UnitPrice));
        book.Products[line.Sku] = known with { Name = line.Description.Length == 0 ? known.Name : NameOf(line), Price = line.UnitPrice };
    }

    static string NameOf(RetailLine line)
    {
        var name = line.Description.Length == 0 ? line.Sku.Value : line.Description;
        return name.Length <= Product.NameLengthMax ? name : name[..Product.NameLengthMax];
    }

    static string Text(string occasion, RetailLine line)
    {
        var text = line.Description.Length == 0 ? occasion : $"{occasion}: {line.Description}";
        return text.Length <= Stock.TextLengthMax ? text : text[..Stock.TextLengthMax];
    }
}
