using System.Globalization;

namespace Commerce.Projections.Auditing;

/// <summary>An audit's report in words.</summary>
static class AuditText
{
    public static IEnumerable<string> Of(AuditReport report)
    {
        yield return Line("Events", $"{report.Events:N0} in {report.Streams:N0} streams, up to position {report.Position}");
        if (report.UnknownEvents > 0)
        {
            yield return Line("Unknown", $"{report.UnknownEvents:N0} events of types that this version does not know: {Counts(report.UnknownTypes)}");
        }

        if (!report.ComparedAllIds)
        {
            yield return Line("Ids", $"more than are remembered; the later ones were not compared");
        }

        yield return Line("Orders", $"{report.Orders.Placed:N0} placed ({Counts(report.Orders.ByStatus)}); {report.Orders.Settled:N0} settled, {report.Orders.Open:N0} open, {report.Orders.Compensating:N0} of them compensating");
        yield return Line("Payments", $"{Counts(report.PaymentsByStatus)}");
        var stock = report.Stock;
        yield return Line("Stock", $"received {stock.Received:N0} = available {stock.Available:N0} + reserved {stock.Reserved:N0} + allocated {stock.Allocated:N0} + shipped {stock.Shipped:N0} + written off {stock.WrittenOff:N0} ({stock.Returned:N0} came back)");
        foreach (var money in report.Money)
        {
            yield return Line(money.Currency.Code, $"shipped {money.Shipped.Amount:N} - returned {money.Returned.Amount:N}; captured {money.Captured.Amount:N} - refunded {money.Refunded.Amount:N}; credited {money.Credited.Amount:N}");
        }

        var sales = report.FlashSales;
        if (sales.Sales > 0)
        {
            yield return Line("Sales", $"{sales.Sales:N0} with {sales.Claims:N0} claims; units {sales.Units:N0} = unclaimed {sales.Unclaimed:N0} + waiting {sales.Waiting:N0} + ordered {sales.Ordered:N0} + given back {sales.GivenBack:N0}");
        }

        yield return Line("Processes", $"{report.Fulfilments.Begun:N0} begun, {report.Fulfilments.Ended:N0} ended");
        yield return Line("Offences", report.IsClean ? (FormattableString)$"none" : $"{report.OffencesTotal:N0} ({Counts(report.OffencesByCode)})");
    }

    static string Line(string label, FormattableString text) => $"{label,-11}{text.ToString(CultureInfo.InvariantCulture)}";

    static string Counts(SortedDictionary<string, long> counts) => counts.Count == 0
        ? "none"
        : string.Join(", ", counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Value:N0} {c.Key}")));
}
