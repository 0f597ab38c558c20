using System.Collections.Immutable;
using System.Diagnostics;
using Commerce.Domain.Log;

namespace Commerce.Domain.Payments;

/// <summary>One line of a credit note.</summary>
/// <param name="Sku">What it is for.</param>
/// <param name="Quantity">Units credited, 1 or more.</param>
/// <param name="UnitPrice">Price of one.</param>
public sealed record CreditLine(Sku Sku, int Quantity, Money UnitPrice);

// Names and fields of these events are the storage format: add a version, never change one.

/// <summary>What happens to a credit note.</summary>
public abstract record CreditNoteEvent
{
    /// <summary>A customer is owed money that belongs to no order that we know.</summary>
    [EventName("credit-note-issued.v1")]
    public sealed record Issued(string Reference, CustomerId? Customer, string? Country, ImmutableArray<CreditLine> Lines, Money Amount) : CreditNoteEvent;
}

/// <summary>What can be asked of a credit note.</summary>
public abstract record CreditNoteCommand
{
    /// <summary>Issue it; every line in one currency.</summary>
    public sealed record Issue(string Reference, Currency Currency, CustomerId? Customer, string? Country, ImmutableArray<CreditLine> Lines) : CreditNoteCommand;
}

/// <summary>Why a credit note is refused.</summary>
public static class CreditNoteRejections
{
    /// <summary>Another note has the reference.</summary>
    public static readonly Rejection Exists = new("credit-note-exists", "A credit note with this reference is issued already.", RejectionKind.Conflict);

    /// <summary>No lines, a quantity that is none, or a price that is none.</summary>
    public static readonly Rejection LinesInvalid = new("lines-invalid", $"A credit note has 1 to {TradeLimits.LinesMax} lines of one currency, each with a quantity from 1 to {TradeLimits.QuantityMax} and a price.");

    /// <summary>Not a reference.</summary>
    public static readonly Rejection ReferenceInvalid = new("reference-invalid", $"A reference has 1 to {CreditNote.ReferenceLengthMax} characters, none of them a control character.");

    /// <summary>Not a country.</summary>
    public static readonly Rejection CountryInvalid = new("country-invalid", $"A country, where there is one, has 1 to {TradeLimits.CountryLengthMax} characters, none of them a control character.");

    /// <summary>Beyond what an amount can be.</summary>
    public static readonly Rejection TotalTooLarge = new("total-too-large", $"A credit note's amount is at most {Money.AmountMax}.");
}

/// <summary>Money owed to a customer outside any order of ours: goods sold before the books begin, a discount, a correction.</summary>
public sealed record CreditNote(bool IsIssued)
{
    /// <summary>Characters of a reference at most.</summary>
    public const int ReferenceLengthMax = 100;

    /// <summary>Before it is issued.</summary>
    public static readonly CreditNote None = new(IsIssued: false);

    /// <summary>The aggregate.</summary>
    public static readonly Decider<CreditNoteCommand, CreditNoteEvent, CreditNote> Decider = new("credit", None, Decide, Evolve);

    /// <summary>Its stream.</summary>
    public static StreamName StreamOf(string reference) => StreamName.For("credit", reference);

    /// <summary>The note after an event.</summary>
    public static CreditNote Evolve(CreditNote note, CreditNoteEvent @event) => @event switch
    {
        CreditNoteEvent.Issued => new(IsIssued: true),
        _ => throw new UnreachableException(),
    };

    /// <summary>What a command leads to.</summary>
    public static Decision<CreditNoteEvent> Decide(CreditNoteCommand command, CreditNote note) => command switch
    {
        CreditNoteCommand.Issue when note.IsIssued => CreditNoteRejections.Exists,
        CreditNoteCommand.Issue c when !FreeText.IsValid(c.Reference, ReferenceLengthMax) => CreditNoteRejections.ReferenceInvalid,
        CreditNoteCommand.Issue c when !FreeText.IsNullOrValid(c.Country, TradeLimits.CountryLengthMax) => CreditNoteRejections.CountryInvalid,
        CreditNoteCommand.Issue c when c.Lines.IsDefaultOrEmpty || c.Lines.Length > TradeLimits.LinesMax || !c.Lines.All(l => IsLine(l, c.Currency)) =>
            CreditNoteRejections.LinesInvalid,
        CreditNoteCommand.Issue c when Sum(c).Amount > Money.AmountMax => CreditNoteRejections.TotalTooLarge,
        CreditNoteCommand.Issue c => new CreditNoteEvent.Issued(c.Reference, c.Customer, c.Country, c.Lines, Sum(c)),
        _ => throw new UnreachableException(),
    };

    static bool IsLine(CreditLine line, Currency currency) =>
        line.Quantity is > 0 and <= TradeLimits.QuantityMax && line.UnitPrice.IsUnitPrice && line.UnitPrice.Currency == currency;

    static Money Sum(CreditNoteCommand.Issue c) => c.Lines.Aggregate(Money.Zero(c.Currency), (sum, l) => sum + l.UnitPrice.Charge(l.Quantity));
}
