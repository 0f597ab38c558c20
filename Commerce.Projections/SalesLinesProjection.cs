using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>What was sold, came back and was credited, line by line, for analysts; grain: order × line × what happened to it.</summary>
sealed class SalesLinesProjection(ReadDatabase database, ReadSchemas schemas) : IProjection
{
    readonly SalesLinesTable _table = new(database, schemas.Facts);

    public string Name => ProjectionNames.Sales;

    public int Version => 2; // the rest of an order that is called off is not sold

    public StreamFilter Filter { get; } = StreamFilter.Categories("order", "credit");

    public ProjectionTables Tables { get; } = SalesLinesSchema.Tables(schemas.Facts);

    public IProjection In(ReadSchemas others) => new SalesLinesProjection(database, others);

    public async Task Project(IReadOnlyList<ProjectedEvent> batch, RecentDocuments documents, DocumentChanges changes, CancellationToken cancellationToken)
    {
        var orders = await LoadSold(batch, documents, cancellationToken);
        var rows = new List<SalesLine>();
        var changed = new List<SalesLine>();
        var placedBefore = new Dictionary<Guid, string>();
        var placedNow = new Dictionary<Guid, (int First, int Count)>();
        foreach (var e in batch)
        {
            switch (e.Event)
            {
                case OrderEvent.Placed placed:
                    var lines = SalesLine.Of(placed, e).ToList();
                    placedNow[placed.Order.Value] = (rows.Count, lines.Count);
                    orders[placed.Order.Value] = lines.ToDictionary(l => l.Line, l => new SoldLine(l, 0));
                    rows.AddRange(lines);
                    break;
                case OrderEvent.Returned returned:
                    rows.AddRange(TakeBack(orders[OrderOf(e)], returned, e));
                    break;
                case OrderEvent.RestCancelled rest:
                    WithoutRest(orders[OrderOf(e)], rest, e, rows, changed);
                    break;
                case CreditNoteEvent.Issued issued:
                    rows.AddRange(SalesLine.Of(issued, e));
                    break;
                case OrderEvent when SalesStatus.After(e.Event) is { } status:
                    SetStatus(OrderOf(e), status, rows, placedNow, placedBefore);
                    break;
                default:
                    break;
            }
        }

        _table.Write(changes, rows, placedBefore, changed);
    }

    static void SetStatus(
        Guid order, string status, List<SalesLine> rows, Dictionary<Guid, (int First, int Count)> placedNow, Dictionary<Guid, string> placedBefore)
    {
        if (!placedNow.TryGetValue(order, out var range))
        {
            placedBefore[order] = status;
            return;
        }

        for (var n = range.First; n < range.First + range.Count; n++)
        {
            rows[n] = rows[n] with { Status = status };
        }
    }

    // The row of the sale is in this batch, or was written before it.
    static void WithoutRest(Dictionary<int, SoldLine> order, OrderEvent.RestCancelled rest, ProjectedEvent e, List<SalesLine> rows, List<SalesLine> changed)
    {
        foreach (var (line, quantity) in rest.Lines)
        {
            var now = rows.FindIndex(r => r.Position == order[line].Line.Position && r.Line == line);
            var (sold, cancelled) = (now < 0 ? order[line].Line : rows[now]).WithoutRest(quantity, e);
            if (now < 0)
            {
                changed.Add(sold);
            }
            else
            {
                rows[now] = sold;
            }

            if (cancelled is not null)
            {
                rows.Add(cancelled);
            }
        }
    }

    static IEnumerable<SalesLine> TakeBack(Dictionary<int, SoldLine> order, OrderEvent.Returned returned, ProjectedEvent e)
    {
        foreach (var (line, quantity) in returned.Lines)
        {
            var sold = order[line];
            yield return sold.Line.TakeBack(quantity, sold.Returned, e);
            order[line] = sold with { Returned = sold.Returned + quantity };
        }
    }

    // Only what comes back or is not sent after all needs what is written already: its price, and how many units came back before.
    async Task<Dictionary<Guid, Dictionary<int, SoldLine>>> LoadSold(
        IReadOnlyList<ProjectedEvent> batch, RecentDocuments documents, CancellationToken cancellationToken)
    {
        var ids = batch.Where(e => e.Event is OrderEvent.Returned or OrderEvent.RestCancelled).Select(OrderOf).ToHashSet();
        ids.ExceptWith(batch.Select(e => e.Event).OfType<OrderEvent.Placed>().Select(p => p.Order.Value));
        if (ids.Count == 0)
        {
            return [];
        }

        await documents.Written.WaitAsync(cancellationToken);
        var lines = await _table.Load([.. ids], cancellationToken);
        return lines.GroupBy(l => l.Line.Order ?? default).ToDictionary(o => o.Key, o => o.ToDictionary(l => l.Line.Line));
    }

    static Guid OrderOf(ProjectedEvent e) => OrderId.Parse(e.Recorded.Stream.IdSpan()).Value;
}

/// <summary>A line of an order with how much of it came back.</summary>
sealed record SoldLine(SalesLine Line, int Returned);
