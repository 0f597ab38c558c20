using System.Collections.Immutable;
using System.Diagnostics;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Orders;

namespace Commerce.Projections;

/// <summary>How events change an <see cref="OrderView"/>. Pure.</summary>
static class OrderFold
{
    /// <summary>The order after one event of its own stream.</summary>
    public static OrderView Apply(OrderView order, OrderEvent @event, ProjectedEvent e)
    {
        var (at, revision, position) = (e.OccurredAt, e.Recorded.Revision, e.Position);
        var next = @event switch
        {
            OrderEvent.Placed x => Place(order, x, e),
            OrderEvent.Confirmed => order with { Status = OrderStatus.Confirmed, ConfirmedAt = at, Revision = revision, Position = position },
            OrderEvent.Rejected x => order with { Status = OrderStatus.Rejected, RejectedAt = at, RejectReason = x.Reason, Reason = x.Detail, Revision = revision, Position = position },
            OrderEvent.Cancelled x => order with { Status = OrderStatus.Cancelled, CancelledAt = at, Reason = x.Reason, Revision = revision, Position = position },
            OrderEvent.RestCancelled x => CancelRest(order, x, e),
            OrderEvent.Shipped x => Ship(order, x, e),
            OrderEvent.Completed => order with { Status = OrderStatus.Completed, CompletedAt = at, Revision = revision, Position = position },
            OrderEvent.Returned x => TakeBack(order, x, e),
            _ => throw new UnreachableException($"{@event.GetType()} is no event of an order."),
        };
        return Watched(next, at);
    }

    /// <summary>The order after something that stock did for it; other events of stock change nothing.</summary>
    public static OrderView Apply(OrderView order, StockEvent @event, ProjectedEvent e)
    {
        var id = e.Recorded.Stream.Id;
        var before = order.Stock.GetValueOrDefault(id) ?? NothingOf(StockView.Empty(e.Recorded.Stream));
        var after = @event switch
        {
            StockEvent.Reserved x => before with { Reserved = before.Reserved + x.Quantity },
            StockEvent.Released x => before with { Reserved = before.Reserved - x.Quantity },
            StockEvent.Shipped x => before with { Reserved = before.Reserved - x.Quantity, Shipped = before.Shipped + x.Quantity },
            StockEvent.Returned x => before with { Returned = before.Returned + x.Quantity },
            _ => before,
        };
        return Watched(order with { Stock = order.Stock.SetItem(id, after), Position = e.Position }, e.OccurredAt);
    }

    /// <summary>The order after something that its fulfilment noted. Of the saga's story only its undoing shows.</summary>
    public static OrderView Apply(OrderView order, FulfilmentEvent @event, ProjectedEvent e) => @event is FulfilmentEvent.Undone
        ? Watched(order with { IsUndone = true, Position = e.Position }, e.OccurredAt)
        : order;

    /// <summary>The order beside what its payment has come to.</summary>
    public static OrderView Apply(OrderView order, PaymentView payment) => Watched(
        order with
        {
            Payment = new OrderPaymentView(payment.Id, payment.Status, payment.Authorised, payment.Captured, payment.Refunded),
            Position = payment.Position,
        },
        payment.ChangedAt);

    // It begins with the event after which something is to be undone, and ends with the one after which nothing is.
    static OrderView Watched(OrderView order, DateTimeOffset at)
    {
        var isCompensating = order.IsCompensating;
        return isCompensating == order.CompensatingSince is not null ? order : order with { CompensatingSince = isCompensating ? at : null };
    }

    static OrderStockView NothingOf(StockView place) => new(place.Sku, place.Location, 0, 0, 0);

    static OrderView Place(OrderView order, OrderEvent.Placed placed, ProjectedEvent e) => order with
    {
        Number = placed.Number,
        Status = OrderStatus.Placed,
        Origin = placed.Origin,
        Customer = placed.Customer?.Value,
        Country = placed.Country,
        Currency = placed.Total.Currency.Code,
        Lines = [.. placed.Lines.Select(l => new OrderLineView(l.Line, l.Sku.Value, l.Name, l.Quantity, l.UnitPrice, l.UnitPrice.Charge(l.Quantity), 0, 0, 0))],
        Total = placed.Total,
        PlacedAt = e.OccurredAt,
        Revision = e.Recorded.Revision,
        Position = e.Position,
    };

    static OrderView Ship(OrderView order, OrderEvent.Shipped shipped, ProjectedEvent e)
    {
        var lines = Change(order.Lines, shipped.Lines, (line, units) => line with { Shipped = line.Shipped + units });
        var status = lines.All(l => l.Shipped == l.Quantity) ? OrderStatus.Shipped : OrderStatus.PartiallyShipped;
        return order with { Lines = lines, Status = status, ShippedAt = e.OccurredAt, Revision = e.Recorded.Revision, Position = e.Position };
    }

    static OrderView CancelRest(OrderView order, OrderEvent.RestCancelled rest, ProjectedEvent e)
    {
        var lines = Change(order.Lines, rest.Lines, (line, units) => line with { Cancelled = units });
        return order with
        {
            Lines = lines,
            Status = IsAllBack(lines) ? OrderStatus.Returned : OrderStatus.Shipped,
            RestCancelledAt = e.OccurredAt,
            Reason = rest.Reason,
            Revision = e.Recorded.Revision,
            Position = e.Position,
        };
    }

    static OrderView TakeBack(OrderView order, OrderEvent.Returned returned, ProjectedEvent e)
    {
        var lines = Change(order.Lines, returned.Lines, (line, units) => line with { Returned = line.Returned + units });
        return order with
        {
            Lines = lines,
            Status = IsAllBack(lines) ? OrderStatus.Returned : order.Status,
            ReturnedAmount = order.ReturnedAmount is { } before ? before + returned.Amount : returned.Amount,
            ReturnedAt = e.OccurredAt,
            Reason = returned.Reason,
            Revision = e.Recorded.Revision,
            Position = e.Position,
        };
    }

    static bool IsAllBack(ImmutableArray<OrderLineView> lines) => lines.All(l => l.Returned == l.Quantity - l.Cancelled);

    // Lines stand in the order of their numbers, from 1: see OrderEvent.Placed.
    static ImmutableArray<OrderLineView> Change(
        ImmutableArray<OrderLineView> lines, ImmutableArray<LineQuantity> changes, Func<OrderLineView, int, OrderLineView> change)
    {
        var changed = lines.ToBuilder();
        foreach (var (line, quantity) in changes)
        {
            changed[line - 1] = change(changed[line - 1], quantity);
        }

        return changed.DrainToImmutable();
    }
}
