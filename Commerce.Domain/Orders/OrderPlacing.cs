using System.Collections.Immutable;
using Commerce.Domain.Log;

namespace Commerce.Domain.Orders;

/// <summary>What an order must be to be placed.</summary>
static class OrderPlacing
{
    /// <summary>JSON bytes of an order's lines at most; with the rest of the event they stay below <see cref="IEventLog.AppendBytesMax"/>.</summary>
    const int LinesBytesMax = 900_000;

    public static Decision<OrderEvent> Decide(OrderCommand.Place c)
    {
        if (c.Lines.IsDefaultOrEmpty || c.Lines.Length > Order.LinesMax)
        {
            return OrderRejections.LinesInvalid;
        }

        if (!FreeText.IsNullOrValid(c.Country, Order.CountryLengthMax))
        {
            return OrderRejections.CountryInvalid;
        }

        if (!FreeText.IsNullOrValid(c.PaymentToken, TradeLimits.PaymentTokenLengthMax))
        {
            return OrderRejections.PaymentTokenInvalid;
        }

        return RefusalOf(c) is { } refusal ? refusal : Place(c);
    }

    static Rejection? RefusalOf(OrderCommand.Place c)
    {
        if (c.Lines.Any(l => l.Quantity is <= 0 or > Order.QuantityMax))
        {
            return OrderRejections.QuantityInvalid;
        }

        if (c.Lines.Any(l => l.UnitPrice.Currency != c.Currency))
        {
            return OrderRejections.CurrencyMismatch;
        }

        if (c.Lines.Any(l => !l.UnitPrice.IsUnitPrice))
        {
            return OrderRejections.PriceInvalid;
        }

        if (!c.Lines.All(l => FreeText.IsValid(l.Name, Order.NameLengthMax)))
        {
            return OrderRejections.NameInvalid;
        }

        return c.Lines.Sum(BytesMaxOf) > LinesBytesMax ? OrderRejections.TextTooLarge : null;
    }

    // Numbers, amounts and property names take up to 140 bytes; JSON writes what is not a plain letter as \uXXXX.
    static int BytesMaxOf(OrderLine line) => 140 + line.Sku.Value.Length + line.Name.Sum(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or ',' or '.' or '-' ? 1 : 6);

    static Decision<OrderEvent> Place(OrderCommand.Place c)
    {
        var total = c.Lines.Aggregate(Money.Zero(c.Currency), (sum, l) => sum + l.UnitPrice.Charge(l.Quantity));
        ImmutableArray<OrderLine> lines = [.. c.Lines.Select((l, n) => l with { Line = n + 1 })];
        return total.Amount > Money.AmountMax ? OrderRejections.TotalTooLarge
            : c.Sale is { } source ? new OrderEvent.PlacedInSale(source.Sale, source.Location, c.Order, c.Number, c.Customer, c.Country, c.PaymentToken, c.Origin, lines, total)
            : new OrderEvent.Placed(c.Order, c.Number, c.Customer, c.Country, c.PaymentToken, c.Origin, lines, total);
    }
}
