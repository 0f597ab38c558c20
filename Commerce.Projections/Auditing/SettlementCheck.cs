using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Projections.Auditing;

/// <summary>
/// Order, stock and payment agree: an order is promised only when its stock is held and its payment authorised, and it ends
/// in one of two ways. <b>Kept</b>: captured is what was shipped, refunded what came back, the rest is still held.
/// <b>Undone</b>: no stock held or shipped, no money kept or held.
/// </summary>
sealed class SettlementCheck(AuditBook book) : AuditCheck(book)
{
    long _settled;
    long _open;
    long _compensating;
    long _neverPlaced;

    public override void On(RecordedEvent recorded, object? @event)
    {
        // Past trade is written stream by stream; only its end tells whether it agrees.
        if (@event is OrderEvent.Confirmed && Id(recorded) is { } id && Book.Order(id, recorded) is { Origin: OrderOrigin.Client } order)
        {
            CheckPromise(recorded, order);
        }
    }

    public override void Finish()
    {
        foreach (var order in Book.Orders)
        {
            var findings = Settlement.Of(order).ToList();
            foreach (var finding in findings.Where(f => !f.MayStillCome || Book.Options.RequireSettled))
            {
                Book.Offend(order.LastSeen, finding.Code, $"Order {order.Id}: {finding.Detail}");
            }

            CheckCompensation(order, findings);
            _neverPlaced += order.Status == OrderStatus.None ? 1 : 0;
            _settled += findings.Count == 0 ? 1 : 0;
            _open += findings.Count > 0 && order.Status != OrderStatus.None ? 1 : 0;
        }
    }

    public override AuditReport Report(AuditReport report) => report with
    {
        Orders = report.Orders with { Settled = _settled, Open = _open, Compensating = _compensating, NeverPlaced = _neverPlaced },
    };

    // What undoes itself must end undone: whoever reads the offence knows which order a person has to look at, and what is left of it.
    void CheckCompensation(OrderAccount order, List<Finding> findings)
    {
        string[] left = [.. findings.Where(f => f.IsCompensation).Select(f => f.Detail)];
        if (order.Origin != OrderOrigin.Client || left.Length == 0)
        {
            return;
        }

        _compensating++;
        if (Book.Options.RequireSettled)
        {
            Book.Offend(order.LastSeen, "order-compensating", $"Order {order.Id} is still compensating: {string.Join(" ", left)}");
        }
    }

    static OrderId? Id(RecordedEvent recorded) => OrderId.TryParse(recorded.Stream.Id, null, out var id) ? id : null;

    void CheckPromise(RecordedEvent recorded, OrderAccount order)
    {
        foreach (var (sku, ordered) in Settlement.Ordered(order))
        {
            var held = order.Moved.GetValueOrDefault(sku)?.Held ?? 0;

            // An attempt that was overtaken may hold some as well, at another location: that goes back, which the end tells.
            if (held < ordered)
            {
                Book.Offend(recorded, "confirmed-not-reserved", $"The order is confirmed while {held} of {ordered} units of {sku} are held for it.");
            }
        }

        if (order.Total > 0 && order.Payment?.Status != PaymentStatus.Authorised)
        {
            Book.Offend(recorded, "confirmed-not-authorised", "The order is confirmed although its payment is not authorised.");
        }
    }
}
