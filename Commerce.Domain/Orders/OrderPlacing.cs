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

    // Loops: ten thousand orders a second ask for it.
    static Rejection? RefusalOf(OrderCommand.Place c)
    {
        var bytes = 0L;
        foreach (var line in c.Lines)
        {
            if (RefusalOf(line, c.Currency) is { } refusal)
            {
                return refusal;
            }

            bytes += BytesMaxOf(line);
        }

        return bytes > LinesBytesMax ? OrderRejections.TextTooLarge : null;
    }

    static Rejection? RefusalOf(OrderLine line, Currency currency) =>
        line.Quantity is <= 0 or > Order.QuantityMax ? OrderRejections.QuantityInvalid
        : line.UnitPrice.Currency != currency ? OrderRejections.CurrencyMismatch
        : !line.UnitPrice.IsUnitPrice ? OrderRejections.PriceInvalid
        : !FreeText.IsValid(line.Name, Order.NameLengthMax) ? OrderRejections.NameInvalid
        : null;

    // Numbers, amounts and property names take up to 140 bytes; JSON writes what is not a plain letter as \uXXXX.
    static int BytesMaxOf(OrderLine line)
    {
        var bytes = 140 + line.Sku.Value.Length;
        foreach (var c in line.Name)
        {
            bytes += char.IsAsciiLetterOrDigit(c) || c is ' ' or ',' or '.' or '-' ? 1 : 6;
        }

        return bytes;
    }

    static Decision<OrderEvent> Place(OrderCommand.Place c)
    {
        var total = c.Lines.Aggregate(Money.Zero(c.Currency), (sum, l) => sum + l.UnitPrice.Charge(l.Quantity));
        var lines = Numbered(c.Lines);
        return total.Amount > Money.AmountMax ? OrderRejections.TotalTooLarge
            : c.Sale is { } source ? new OrderEvent.PlacedInSale(source.Sale, source.Location, c.Order, c.Number, c.Customer, c.Country, c.PaymentToken, c.Origin, lines, total)
            : new OrderEvent.Placed(c.Order, c.Number, c.Customer, c.Country, c.PaymentToken, c.Origin, lines, total);
    }

    static ImmutableArray<OrderLine> Numbered(ImmutableArray<OrderLine> lines)
    {
        for (var n = 0; n < lines.Length; n++)
        {
            if (lines[n].Line != n + 1)
            {
                return [.. lines.Select((l, i) => l with { Line = i + 1 })];
            }
        }

        return lines;
    }
}
