using Commerce.Domain;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Projections;

/// <summary>One row for each line that was sold, came back or was credited. Key: the event's position and the line.</summary>
sealed record SalesLine(
    long Position, int Line, string Kind, string Status, Guid? Order, long? Number, string? Reference, string Sku, string? Name,
    string? Country, string? Customer, int Quantity, Money UnitPrice, Money Amount, DateTimeOffset OccurredAt)
{
    /// <summary>Units of an order's line, with what they cost.</summary>
    public const string Sale = "sale";

    /// <summary>Units of an order's line that came back, with what is owed for them.</summary>
    public const string Return = "return";

    /// <summary>Units credited outside any order.</summary>
    public const string Credit = "credit";

    public static IEnumerable<SalesLine> Of(OrderEvent.Placed placed, ProjectedEvent e)
    {
        var at = e.OccurredAt;
        return placed.Lines.Select(l => new SalesLine(
            e.Position, l.Line, Sale, SalesStatus.Placed, placed.Order.Value, placed.Number, null, l.Sku.Value, l.Name,
            placed.Country, placed.Customer?.Value, l.Quantity, l.UnitPrice, l.UnitPrice.Charge(l.Quantity), at));
    }

    public static IEnumerable<SalesLine> Of(CreditNoteEvent.Issued issued, ProjectedEvent e)
    {
        var at = e.OccurredAt;
        return issued.Lines.Select((l, n) => new SalesLine(
            e.Position, n + 1, Credit, SalesStatus.Credited, null, null, issued.Reference, l.Sku.Value, null,
            issued.Country, issued.Customer?.Value, l.Quantity, l.UnitPrice, l.UnitPrice.Charge(l.Quantity), at));
    }

    /// <summary>This line where so many units of it are never sent: what is sold of it, and what is not in a row of its own. All of it: not sold.</summary>
    public (SalesLine Sold, SalesLine? Cancelled) WithoutRest(int quantity, ProjectedEvent e) => quantity == Quantity
        ? (this with { Status = SalesStatus.Cancelled }, null)
        : (
            this with { Quantity = Quantity - quantity, Amount = UnitPrice.Charge(Quantity - quantity) },
            this with { Position = e.Position, Status = SalesStatus.Cancelled, Quantity = quantity, Amount = UnitPrice.ChargePart(Quantity - quantity, quantity) });

    /// <summary>Units of this sold line that come back after <paramref name="before"/> others did.</summary>
    public SalesLine TakeBack(int quantity, int before, ProjectedEvent e) => this with
    {
        Position = e.Position,
        Kind = Return,
        Status = SalesStatus.Returned,
        Quantity = quantity,
        Amount = UnitPrice.ChargePart(before, quantity),
        OccurredAt = e.OccurredAt,
    };
}

/// <summary>Whether a row counts, and as what. Only <see cref="Sold"/> rows are sales: a rejected, cancelled or unconfirmed order sold nothing.</summary>
static class SalesStatus
{
    public const string Placed = "placed";
    public const string Sold = "sold";
    public const string Rejected = "rejected";
    public const string Cancelled = "cancelled";
    public const string Returned = "returned";
    public const string Credited = "credited";

    /// <summary>What the event makes of its order's lines; null where it changes nothing about it.</summary>
    public static string? After(object @event) => @event switch
    {
        OrderEvent.Confirmed => Sold,
        OrderEvent.Rejected => Rejected,
        OrderEvent.Cancelled => Cancelled,
        _ => null,
    };
}
