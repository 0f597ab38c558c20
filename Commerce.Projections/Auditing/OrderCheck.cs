using System.Collections.Immutable;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;

namespace Commerce.Projections.Auditing;

/// <summary>
/// Each order: placed once, total = sum of its rounded lines; it changes status only as orders may;
/// 0 &lt;= returned &lt;= shipped &lt;= quantity - cancelled for each line, a rest that is called off is all of it, and each shipment and return has the price of its units.
/// </summary>
sealed class OrderCheck(AuditBook book) : AuditCheck(book)
{
    readonly Dictionary<StreamName, OrderAccount> _orders = [];

    public override void On(RecordedEvent recorded, object? @event)
    {
        switch (@event)
        {
            case OrderEvent.Placed e:
                Place(recorded, e);
                break;
            case OrderEvent order when _orders.TryGetValue(recorded.Stream, out var account):
                account.LastSeen = Auditing.Place.Of(recorded);
                Apply(recorded, account, order);
                break;
            case OrderEvent:
                Book.Offend(recorded, "order-not-placed", "The order was never placed.");
                break;
        }
    }

    public override AuditReport Report(AuditReport report) => report with
    {
        Orders = report.Orders with
        {
            Placed = _orders.Count,
            ByStatus = new SortedDictionary<string, long>(
                _orders.Values.CountBy(StatusOf).ToDictionary(c => c.Key, c => (long)c.Value), StringComparer.Ordinal),
        },
    };

    static string StatusOf(OrderAccount order) => order.Status.ToString().ToLowerInvariant();

    void Place(RecordedEvent recorded, OrderEvent.Placed e)
    {
        if (_orders.ContainsKey(recorded.Stream))
        {
            Book.Offend(recorded, "order-placed-twice", "The order was placed before.");
            return;
        }

        if (recorded.Stream.Category != "order" || recorded.Stream.Id != e.Order.ToString())
        {
            Book.Offend(recorded, "wrong-stream", $"Order {e.Order} belongs to a stream of its own.");
        }

        var order = Book.Order(e.Order, recorded);
        order.LastSeen = Auditing.Place.Of(recorded);
        order.Status = OrderStatus.Placed;
        order.Origin = e.Origin;
        order.Currency = e.Total.Currency;
        order.Total = e.Total.Amount;
        order.Lines = [.. e.Lines.Select(l => new OrderedLine(l.Sku, l.Quantity, l.UnitPrice.Amount))];
        _orders.Add(recorded.Stream, order);
        CheckPlaced(recorded, e);
    }

    void CheckPlaced(RecordedEvent recorded, OrderEvent.Placed e)
    {
        if (e.Lines.IsEmpty || e.Lines.Where((line, n) => line.Line != n + 1).Any())
        {
            Book.Offend(recorded, "order-lines", "The lines of an order are numbered from 1.");
        }

        if (e.Lines.Any(l => l.Quantity <= 0 || l.UnitPrice.Amount < 0))
        {
            Book.Offend(recorded, "order-lines", "A line has a quantity above zero and a price not below.");
        }

        if (e.Lines.Any(l => l.UnitPrice.Currency != e.Total.Currency))
        {
            Book.Offend(recorded, "currency", $"Every line of the order is in {e.Total.Currency}.");
        }

        var sum = e.Lines.Sum(l => Charges.Of(l.UnitPrice.Amount, l.Quantity, e.Total.Currency));
        if (sum != e.Total.Amount)
        {
            Book.Offend(recorded, "order-total", $"The lines add up to {sum}, not to {e.Total.Amount}.");
        }
    }

    void Apply(RecordedEvent recorded, OrderAccount order, OrderEvent @event)
    {
        switch (@event)
        {
            case OrderEvent.Confirmed:
                Move(recorded, order, OrderStatus.Confirmed, OrderStatus.Placed);
                break;
            case OrderEvent.Rejected:
                Move(recorded, order, OrderStatus.Rejected, OrderStatus.Placed);
                break;
            case OrderEvent.Cancelled:
                Move(recorded, order, OrderStatus.Cancelled, OrderStatus.Placed, OrderStatus.Confirmed);
                break;
            case OrderEvent.RestCancelled e:
                CancelRest(recorded, order, e);
                break;
            case OrderEvent.Shipped e:
                Ship(recorded, order, e);
                break;
            case OrderEvent.Completed:
                Move(recorded, order, OrderStatus.Completed, OrderStatus.Shipped);
                break;
            case OrderEvent.Returned e:
                Return(recorded, order, e);
                break;
            default:
                Book.Offend(recorded, "event-not-judged", $"The auditor has no rule for {recorded.Type}.");
                break;
        }
    }

    void Move(RecordedEvent recorded, OrderAccount order, OrderStatus to, params ReadOnlySpan<OrderStatus> from)
    {
        if (!from.Contains(order.Status))
        {
            Book.Offend(recorded, "order-status", $"An order that is {StatusOf(order)} cannot become {to.ToString().ToLowerInvariant()}.");
        }

        order.Status = to;
    }

    void Ship(RecordedEvent recorded, OrderAccount order, OrderEvent.Shipped e)
    {
        var due = 0m;
        foreach (var (line, units) in Named(recorded, order, e.Lines))
        {
            due += Charges.OfPart(line.UnitPrice, line.Shipped, units, order.Currency);
            line.Shipped += units;
            if (line.Shipped > line.Quantity - line.Cancelled)
            {
                Book.Offend(recorded, "shipped-over-ordered", $"{line.Shipped} of {line.Quantity - line.Cancelled} units of {line.Sku} are shipped.");
            }
        }

        CheckAmount(recorded, order, e.Amount, due);
        order.ShippedAmount += e.Amount.Amount;
        var isAll = order.Lines.All(l => l.Shipped >= l.Quantity);
        Move(recorded, order, isAll ? OrderStatus.Shipped : OrderStatus.PartiallyShipped, OrderStatus.Confirmed, OrderStatus.PartiallyShipped);
    }

    void CancelRest(RecordedEvent recorded, OrderAccount order, OrderEvent.RestCancelled e)
    {
        foreach (var (line, units) in Named(recorded, order, e.Lines))
        {
            line.Cancelled += units;
        }

        if (order.Lines.Any(l => l.Shipped + l.Cancelled != l.Quantity))
        {
            Book.Offend(recorded, "rest-of-order", "What was sent and what is called off are not just what was ordered.");
        }

        Move(recorded, order, IsAllBack(order) ? OrderStatus.Returned : OrderStatus.Shipped, OrderStatus.PartiallyShipped);
    }

    static bool IsAllBack(OrderAccount order) => order.Lines.All(l => l.Returned >= l.Quantity - l.Cancelled);

    void Return(RecordedEvent recorded, OrderAccount order, OrderEvent.Returned e)
    {
        var owed = 0m;
        foreach (var (line, units) in Named(recorded, order, e.Lines))
        {
            owed += Charges.OfPart(line.UnitPrice, line.Returned, units, order.Currency);
            line.Returned += units;
            if (line.Returned > line.Shipped)
            {
                Book.Offend(recorded, "returned-over-shipped", $"{line.Returned} of {line.Shipped} units of {line.Sku} came back.");
            }
        }

        CheckAmount(recorded, order, e.Amount, owed);
        order.ReturnedAmount += e.Amount.Amount;
        Move(recorded, order, IsAllBack(order) ? OrderStatus.Returned : order.Status, OrderStatus.PartiallyShipped, OrderStatus.Shipped, OrderStatus.Completed);
    }

    IEnumerable<(OrderedLine Line, int Units)> Named(RecordedEvent recorded, OrderAccount order, ImmutableArray<LineQuantity> lines)
    {
        if (lines.IsEmpty || lines.DistinctBy(l => l.Line).Count() != lines.Length)
        {
            Book.Offend(recorded, "line-unknown", "At least one line is named, and each once.");
        }

        foreach (var named in lines)
        {
            if (named.Line < 1 || named.Line > order.Lines.Length || named.Quantity <= 0)
            {
                Book.Offend(recorded, "line-unknown", $"The order has no line {named.Line} with {named.Quantity} units.");
                continue;
            }

            yield return (order.Lines[named.Line - 1], named.Quantity);
        }
    }

    void CheckAmount(RecordedEvent recorded, OrderAccount order, Money stated, decimal computed)
    {
        if (stated.Currency != order.Currency || stated.Amount != computed)
        {
            Book.Offend(recorded, "order-amount", $"The units cost {computed} {order.Currency}, not {stated}.");
        }
    }
}
