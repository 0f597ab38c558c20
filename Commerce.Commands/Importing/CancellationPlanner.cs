using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Importing;

/// <summary>Plans cancellations: what they take back of earlier orders, and what they credit beyond.</summary>
sealed class CancellationPlanner(ChunkBook book)
{
    /// <summary>Plans one cancellation.</summary>
    public void Plan(Occasion occasion, List<RetailLine> lines)
    {
        var returned = new List<(SaleLine Sale, int Units)>();
        var credited = new List<(RetailLine Line, int Units)>();
        foreach (var (line, n) in lines.Select((l, n) => (l, n)))
        {
            if (line.Quantity >= 0 || n >= Order.LinesMax)
            {
                book.Reject(line, line.Quantity >= 0 ? "a cancellation takes back a quantity below zero" : $"a cancellation has at most {Order.LinesMax} lines");
                continue;
            }

            var back = line.Customer is { } customer
                ? book.Sales.TakeBack(customer, line.Sku, line.Price, occasion.At, -line.Quantity).ToList()
                : [];
            returned.AddRange(back);
            var rest = -line.Quantity - back.Sum(b => b.Units);
            if (rest > 0)
            {
                credited.Add((line, rest));
            }

            Count(line, rest, occasion);
        }

        TakeBack(occasion, returned);
        Credit(occasion, credited);
    }

    void Count(RetailLine line, int rest, Occasion occasion)
    {
        var returned = -line.Quantity - rest;
        var kept = rest > 0 && line.Customer is { } customer ? Math.Min(rest, book.Sales.Kept(customer, line.Sku, occasion.At)) : 0;
        book.Figures = book.Figures with
        {
            Returned = book.Figures.Returned + new Tally(returned > 0 ? 1 : 0, -returned, -returned * line.Price),
            Credited = book.Figures.Credited + new Tally(returned > 0 ? 0 : 1, -rest, -rest * line.Price),
            CreditedAtAnotherPrice = book.Figures.CreditedAtAnotherPrice + new Tally(kept > 0 ? 1 : 0, -kept, -kept * line.Price),
            SplitLines = book.Figures.SplitLines + (returned > 0 && rest > 0 ? 1 : 0),
        };
    }

    void TakeBack(Occasion occasion, List<(SaleLine Sale, int Units)> returned)
    {
        foreach (var order in returned.GroupBy(r => r.Sale.Order))
        {
            var lines = order.GroupBy(r => r.Sale.Line).Select(g => new LineQuantity(g.Key, g.Sum(r => r.Units)));
            var amount = order.Aggregate(
                Money.Zero(RetailLine.Pounds),
                (sum, r) => sum + new Money(r.Sale.UnitPrice, RetailLine.Pounds).ChargePart(r.Sale.Returned, r.Units));
            book.Returns.Add(new PlannedReturn(occasion, order.Key, [.. lines], amount));
            book.Figures = book.Figures with { Refunded = book.Figures.Refunded + amount.Amount };
            foreach (var sku in order.GroupBy(r => r.Sale.Sku))
            {
                book.Move(sku.Key, occasion, new StockCommand.Return(order.Key, sku.Sum(r => r.Units), ImportIds.Return(occasion.Invoice, order.Key)));
            }
        }
    }

    void Credit(Occasion occasion, List<(RetailLine Line, int Units)> credited)
    {
        if (credited is [var (first, _), ..])
        {
            var lines = credited.Select(c => new CreditLine(c.Line.Sku, c.Units, c.Line.UnitPrice));
            book.Credits.Add(new PlannedCredit(occasion, new CreditNoteCommand.Issue(occasion.Invoice, RetailLine.Pounds, first.Customer, first.Country, [.. lines])));
            var amount = credited.Sum(c => c.Line.UnitPrice.Charge(c.Units).Amount);
            book.Figures = book.Figures with { CreditNotes = book.Figures.CreditNotes + amount };
        }
    }
}
