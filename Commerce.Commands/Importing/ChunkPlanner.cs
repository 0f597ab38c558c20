namespace Commerce.Commands.Importing;

/// <summary>
/// Decides what every line of a chunk is. Pure: the same lines, known invoices and open sales give the same plan.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>A line of an invoice that does not begin with <c>C</c>, with a quantity and a price above zero, is <b>sold</b>: the
/// invoice's sold lines make one order, placed, paid and delivered at the time of its first line.</item>
/// <item>A line of a cancellation is <b>returned</b> as far as the customer bought the SKU before at that price, and
/// <b>credited</b> for the rest: a guest has no earlier sales.</item>
/// <item>Of the other lines (quantity zero or below, or no price) the stock is <b>adjusted</b>: a quantity below zero is written
/// off; one above zero is given away where a customer is named, and found where none is.</item>
/// <item>A line is <b>rejected</b> when its invoice was imported before, belongs to another customer or country, or would grow
/// beyond what an order can be; and a cancellation's line with a quantity of zero or more.</item>
/// </list>
/// </remarks>
static class ChunkPlanner
{
    /// <summary>Plans a chunk.</summary>
    /// <param name="lines">Its lines, as they stand in the file.</param>
    /// <param name="known">Those of its invoices that were imported before, with a word on where.</param>
    /// <param name="openSales">Earlier sales of every customer and SKU that a cancellation of the chunk names.</param>
    public static ChunkPlan Plan(IReadOnlyList<RetailLine> lines, IReadOnlyDictionary<string, string> known, IEnumerable<SaleLine> openSales)
    {
        var book = new ChunkBook(openSales);
        var invoices = lines.GroupBy(l => l.Invoice).Select(g => g.ToList()).ToList();
        foreach (var invoice in invoices)
        {
            if (known.TryGetValue(invoice[0].Invoice, out var where))
            {
                invoice.ForEach(l => book.Reject(l, $"the invoice {l.Invoice} is imported already, from {where}"));
            }
            else
            {
                Plan(book, invoice);
            }
        }

        return book.Close(invoices.Where(i => !known.ContainsKey(i[0].Invoice)).ToDictionary(i => i[0].Invoice, i => i[0].Line));
    }

    static void Plan(ChunkBook book, List<RetailLine> invoice)
    {
        var first = invoice[0];
        var occasion = new Occasion(first.Invoice, first.At);
        var rejectedBefore = book.RejectedCount;
        var own = invoice.Where(l => Belongs(book, l, first)).ToList();
        if (first.IsCancellation)
        {
            new CancellationPlanner(book).Plan(occasion, own);
        }
        else
        {
            new SalePlanner(book).Plan(occasion, own);
        }

        var isAnyKept = book.RejectedCount - rejectedBefore < invoice.Count;
        book.Figures = book.Figures with
        {
            Invoices = book.Figures.Invoices + (isAnyKept ? 1 : 0),
            Cancellations = book.Figures.Cancellations + (isAnyKept && first.IsCancellation ? 1 : 0),
        };
    }

    static bool Belongs(ChunkBook book, RetailLine line, RetailLine first)
    {
        var reason = line.Customer != first.Customer ? $"the line names another customer than the invoice {first.Invoice} does before"
            : line.Country != first.Country ? $"the line names another country than the invoice {first.Invoice} does before"
            : null;
        if (reason is not null)
        {
            book.Reject(line, reason);
        }

        return reason is null;
    }
}
