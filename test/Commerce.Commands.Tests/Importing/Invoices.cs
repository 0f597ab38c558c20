using Commerce.Commands.Importing;
using Commerce.Domain;

namespace Commerce.Commands.Tests.Importing;

/// <summary>Words for the lines of made-up invoices.</summary>
static class Invoices
{
    public static readonly DateTimeOffset Noon = new(2010, 12, 1, 12, 0, 0, TimeSpan.Zero);

    public static RetailLine Line(string invoice, string sku, int quantity, decimal price, string? customer = "17850", int minute = 0, string name = "HEART", string? country = "United Kingdom", long line = 0) =>
        new(line, invoice, Sku.Of(sku), name, quantity, Noon.AddMinutes(minute), price, customer is null ? null : CustomerId.Of(customer), country);

    public static ChunkPlan Plan(params RetailLine[] lines) => Plan([], lines);

    public static ChunkPlan Plan(IEnumerable<SaleLine> earlier, params RetailLine[] lines) =>
        ChunkPlanner.Plan([.. lines.Select((l, n) => l.Line == 0 ? l with { Line = n + 2 } : l)], new Dictionary<string, string>(), earlier);
}
