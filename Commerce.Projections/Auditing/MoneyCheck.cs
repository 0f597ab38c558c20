using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;

namespace Commerce.Projections.Auditing;

/// <summary>Credit notes are issued once, for the sum of their lines; and the log's money by currency.</summary>
sealed class MoneyCheck(AuditBook book) : AuditCheck(book)
{
    readonly HashSet<StreamName> _notes = [];
    readonly SortedDictionary<string, Sums> _sums = new(StringComparer.Ordinal);

    public override void On(RecordedEvent recorded, object? @event)
    {
        switch (@event)
        {
            case PaymentEvent.Captured e:
                Of(e.Amount.Currency).Captured += e.Amount.Amount;
                break;
            case PaymentEvent.Refunded e:
                Of(e.Amount.Currency).Refunded += e.Amount.Amount;
                break;
            case CreditNoteEvent.Issued e:
                Issue(recorded, e);
                break;
        }
    }

    public override AuditReport Report(AuditReport report)
    {
        foreach (var order in Book.Orders.Where(o => o.Currency.Code is not null))
        {
            var sums = Of(order.Currency);
            sums.Ordered += order.Total;
            sums.Shipped += order.ShippedAmount;
            sums.Returned += order.ReturnedAmount;
        }

        return report with { Money = [.. _sums.Select(s => s.Value.Figures(Currency.Of(s.Key)))] };
    }

    void Issue(RecordedEvent recorded, CreditNoteEvent.Issued e)
    {
        if (!_notes.Add(recorded.Stream))
        {
            Book.Offend(recorded, "credit-note-twice", "The credit note was issued before.");
        }

        var sum = e.Lines.Sum(l => Charges.Of(l.UnitPrice.Amount, l.Quantity, e.Amount.Currency));
        if (sum != e.Amount.Amount || e.Lines.Any(l => l.UnitPrice.Currency != e.Amount.Currency))
        {
            Book.Offend(recorded, "credit-note-amount", $"The lines add up to {sum}, not to {e.Amount}.");
        }

        Of(e.Amount.Currency).Credited += e.Amount.Amount;
    }

    Sums Of(Currency currency)
    {
        if (!_sums.TryGetValue(currency.Code, out var sums))
        {
            sums = new Sums();
            _sums.Add(currency.Code, sums);
        }

        return sums;
    }

    sealed class Sums
    {
        public decimal Ordered { get; set; }

        public decimal Shipped { get; set; }

        public decimal Returned { get; set; }

        public decimal Captured { get; set; }

        public decimal Refunded { get; set; }

        public decimal Credited { get; set; }

        public MoneyFigures Figures(Currency currency) => new()
        {
            Currency = currency,
            Ordered = new Money(Ordered, currency),
            Shipped = new Money(Shipped, currency),
            Returned = new Money(Returned, currency),
            Captured = new Money(Captured, currency),
            Refunded = new Money(Refunded, currency),
            Credited = new Money(Credited, currency),
        };
    }
}
