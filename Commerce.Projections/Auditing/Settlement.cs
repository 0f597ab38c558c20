using Commerce.Domain;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Projections.Auditing;

/// <summary>Why an order has not ended.</summary>
/// <param name="Code">Stable, kebab case.</param>
/// <param name="Detail">One sentence for a person.</param>
/// <param name="MayStillCome">Whether later events can put it right; else it is wrong for ever.</param>
/// <param name="IsCompensation">Whether it is something to be undone that is not undone yet.</param>
readonly record struct Finding(string Code, string Detail, bool MayStillCome, bool IsCompensation = false);

/// <summary>What keeps an order from being at its end, as far as the log goes.</summary>
static class Settlement
{
    /// <summary>Units ordered by SKU; an order may name a SKU on several lines.</summary>
    public static Dictionary<Sku, long> Ordered(OrderAccount order) => Sum(order, l => l.Quantity);

    public static IEnumerable<Finding> Of(OrderAccount order)
    {
        var findings = order switch
        {
            { Status: OrderStatus.None } => NeverPlaced(order),
            { IsUndone: true } => Undone(order),
            { IsKept: true } => Kept(order),
            _ => [Pending("order-open", "it is neither confirmed nor undone.")],
        };
        findings = order is { Payment: { } payment, Status: not OrderStatus.None } ? findings.Concat(PaymentFits(order, payment)) : findings;

        // Past trade is written stream by stream: what disagrees may be made good by the rest of the import.
        return order.Origin == OrderOrigin.Import || order.Status == OrderStatus.None ? findings.Select(f => f with { MayStillCome = true }) : findings;
    }

    static IEnumerable<Finding> PaymentFits(OrderAccount order, PaymentAccount payment)
    {
        if (payment.Amount != order.Total || payment.Currency != order.Currency)
        {
            yield return Wrong("payment-amount", $"its payment is of {payment.Amount} {payment.Currency}, the order of {order.Total} {order.Currency}.");
        }
    }

    static IEnumerable<Finding> NeverPlaced(OrderAccount order)
    {
        var held = order.Moved.Values.Sum(m => m.Held);
        var gone = order.Moved.Values.Sum(m => m.Shipped - m.Returned);
        if (held != 0 || gone != 0)
        {
            yield return Pending("stock-without-order", $"{held} units are held and {gone} shipped for an order that was never placed.");
        }

        if (order.Payment is { } payment && !IsUndone(payment))
        {
            yield return Pending("payment-without-order", "its payment stands, but it was never placed.");
        }
    }

    static IEnumerable<Finding> Undone(OrderAccount order)
    {
        if (order.Moved.Values.Sum(m => m.Held) is > 0 and var held)
        {
            yield return Undoing("stock-not-released", $"{held} units are still held for it.");
        }

        if (order.Moved.Values.Sum(m => m.Shipped - m.Returned) is > 0 and var gone)
        {
            yield return Wrong("shipped-though-undone", $"{gone} units were shipped for it.");
        }

        if (order.Payment is { } payment && !IsUndone(payment))
        {
            yield return Undoing("payment-not-undone", $"its payment is {payment.Status.ToString().ToLowerInvariant()}, {payment.Captures.Done} captured, {payment.Refunds.Done} refunded.");
        }
    }

    static IEnumerable<Finding> Kept(OrderAccount order) => StockOfKept(order).Concat(PaymentOfKept(order)).Concat(EndOfKept(order));

    static IEnumerable<Finding> EndOfKept(OrderAccount order)
    {
        if (order.Status == OrderStatus.Shipped)
        {
            yield return Pending("not-completed", "all of it that is to be sent is sent, and nobody has closed it.");
        }
    }

    static IEnumerable<Finding> StockOfKept(OrderAccount order)
    {
        var (shipped, returned, cancelled) = (Sum(order, l => l.Shipped), Sum(order, l => l.Returned), Sum(order, l => l.Cancelled));
        foreach (var (sku, ordered) in Ordered(order))
        {
            var moved = order.Moved.GetValueOrDefault(sku) ?? new MovedUnits();
            if (moved.Held + moved.Shipped > ordered - cancelled[sku] && moved.Held + moved.Shipped <= ordered)
            {
                yield return Undoing("rest-not-released", $"{moved.Held} units of {sku} are held, {cancelled[sku]} of {ordered} are called off.");
            }
            else if (moved.Held + moved.Shipped > ordered && moved.Shipped <= ordered)
            {
                yield return Undoing("surplus-not-released", $"{moved.Held} units of {sku} are held and {moved.Shipped} shipped, {ordered} are ordered.");
            }
            else if (moved.Held + moved.Shipped != ordered - cancelled[sku])
            {
                yield return Wrong("stock-of-order", $"{moved.Held} units of {sku} are held and {moved.Shipped} shipped, {ordered} are ordered.");
            }

            if (moved.Shipped != shipped[sku])
            {
                yield return Pending("stock-not-shipped", $"stock shipped {moved.Shipped} units of {sku}, the order {shipped[sku]}.");
            }

            if (moved.Returned != returned[sku])
            {
                yield return Undoing("stock-not-returned", $"stock took {moved.Returned} units of {sku} back, the order {returned[sku]}.");
            }
        }

        foreach (var sku in order.Moved.Keys.Where(sku => !shipped.ContainsKey(sku)))
        {
            yield return Wrong("stock-not-ordered", $"stock moved {sku}, which it does not name.");
        }
    }

    static IEnumerable<Finding> PaymentOfKept(OrderAccount order)
    {
        if (order.Total == 0 && order.Payment is null)
        {
            yield break;
        }

        if (order.Payment is not { Status: PaymentStatus.Authorised } payment)
        {
            yield return Wrong("kept-not-authorised", $"its payment is {order.Payment?.Status.ToString().ToLowerInvariant() ?? "missing"}.");
            yield break;
        }

        if (payment.Captures.Requested > order.ShippedAmount || payment.Refunds.Requested > order.ReturnedAmount)
        {
            yield return Wrong("paid-too-much", $"captures of {payment.Captures.Requested} for {order.ShippedAmount} shipped, refunds of {payment.Refunds.Requested} for {order.ReturnedAmount} returned.");
        }

        if (payment.Captures.Done < order.ShippedAmount || !payment.Captures.AreAllDone)
        {
            yield return Pending("not-captured", $"{payment.Captures.Done} captured of {order.ShippedAmount} shipped.");
        }

        if (payment.Refunds.Done < order.ReturnedAmount || !payment.Refunds.AreAllDone)
        {
            yield return Undoing("not-refunded", $"{payment.Refunds.Done} refunded of {order.ReturnedAmount} returned.");
        }
    }

    static bool IsUndone(PaymentAccount payment) => payment.Status switch
    {
        PaymentStatus.Declined or PaymentStatus.Expired or PaymentStatus.Voided => true,
        PaymentStatus.Authorised => payment.Captures is { AreAny: true, AreAllDone: true } && payment.Refunds.AreAllDone && payment.Captures.Done == payment.Refunds.Done,
        _ => false,
    };

    static Dictionary<Sku, long> Sum(OrderAccount order, Func<OrderedLine, long> units)
    {
        var sums = new Dictionary<Sku, long>();
        foreach (var line in order.Lines)
        {
            sums[line.Sku] = sums.GetValueOrDefault(line.Sku) + units(line);
        }

        return sums;
    }

    static Finding Undoing(string code, string detail) => new(code, detail, MayStillCome: true, IsCompensation: true);

    static Finding Pending(string code, string detail) => new(code, detail, MayStillCome: true);

    static Finding Wrong(string code, string detail) => new(code, detail, MayStillCome: false);
}
