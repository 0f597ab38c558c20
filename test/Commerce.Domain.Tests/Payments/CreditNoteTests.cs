using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Domain.Tests.Spec;

namespace Commerce.Domain.Tests.Payments;

public sealed class CreditNoteTests
{
    static readonly Currency Gbp = Currency.Of("GBP");
    static readonly CreditLine Line = new(Sku.Of("mug"), 3, new(0.335m, Gbp));
    static readonly CreditNoteCommand.Issue Issue = new("C536379", Gbp, CustomerId.Of("14527"), "United Kingdom", [Line]);
    static readonly CreditNoteEvent Issued = new CreditNoteEvent.Issued("C536379", CustomerId.Of("14527"), "United Kingdom", [Line], new(1.01m, Gbp));

    [Test]
    public void A_note_is_issued_once_for_the_sum_of_its_rounded_lines()
    {
        Given().When(Issue).Then(Issued);
        Given(Issued).When(Issue).ThenRejected("credit-note-exists", RejectionKind.Conflict);
    }

    [Test]
    public void A_note_has_lines_of_its_currency_each_with_a_quantity_and_a_price()
    {
        foreach (var lines in new CreditLine[][]
        {
            [], [Line with { Quantity = 0 }], [Line with { Quantity = -1 }], [Line with { UnitPrice = new(-1, Gbp) }],
            [Line, Line with { UnitPrice = new(1, Currency.Of("EUR")) }], [.. Enumerable.Repeat(Line, Order.LinesMax + 1)],
        })
        {
            Given().When(Issue with { Lines = [.. lines] }).ThenRejected("lines-invalid");
        }

        Given().When(Issue with { Lines = default }).ThenRejected("lines-invalid");
    }

    [Test]
    public void An_amount_is_bounded() =>
        Given().When(Issue with { Lines = [Line with { Quantity = Order.QuantityMax, UnitPrice = new(Money.AmountMax, Gbp) }] }).ThenRejected("total-too-large");

    [TestCaseSource(typeof(Texts), nameof(Texts.Invalid))]
    public void A_reference_and_a_country_are_texts_that_can_be_kept(string? text)
    {
        Given().When(Issue with { Reference = Texts.OrNull(text) }).ThenRejected("reference-invalid");
        if (text is not null)
        {
            Given().When(Issue with { Country = text }).ThenRejected("country-invalid");
        }
    }

    static Given<CreditNoteCommand, CreditNoteEvent, CreditNote> Given(params CreditNoteEvent[] past) => new(CreditNote.Decider, past);
}
