namespace Commerce.Commands.Importing;

/// <summary>How much of something: lines, units, and pounds as the files multiply out, unrounded.</summary>
/// <param name="Lines">Lines of a file.</param>
/// <param name="Quantity">Units; cancellations count below zero.</param>
/// <param name="Value">Quantity times price, in GBP.</param>
public readonly record struct Tally(long Lines, long Quantity, decimal Value)
{
    /// <summary>Sum.</summary>
    public static Tally operator +(Tally left, Tally right) =>
        new(left.Lines + right.Lines, left.Quantity + right.Quantity, left.Value + right.Value);
}

/// <summary>
/// Where every line of a file went. A line that is split between two classes counts its units and value in each, and itself
/// once, in the first of them.
/// </summary>
public sealed record ImportFigures
{
    /// <summary>What the files hold, counted while reading, before anything is classified; unreadable numbers count a line only.</summary>
    public Tally InFiles { get; init; }

    /// <summary>Sold: made an order.</summary>
    public Tally Sold { get; init; }

    /// <summary>Returned: goods back into stock, money back to the customer.</summary>
    public Tally Returned { get; init; }

    /// <summary>Credited without a known sale.</summary>
    public Tally Credited { get; init; }

    /// <summary>Written off, given away or found: stock moved, no money.</summary>
    public Tally Adjusted { get; init; }

    /// <summary>Rejected, with a reason each.</summary>
    public Tally Rejected { get; init; }

    /// <summary>Of the credited: the customer had bought the SKU, at another price.</summary>
    public Tally CreditedAtAnotherPrice { get; init; }

    /// <summary>Lines that are in part returned, in part credited.</summary>
    public long SplitLines { get; init; }

    /// <summary>Invoices with a line that was not rejected.</summary>
    public long Invoices { get; init; }

    /// <summary>Of these: cancellations.</summary>
    public long Cancellations { get; init; }

    /// <summary>Orders placed.</summary>
    public long Orders { get; init; }

    /// <summary>What the orders' totals are, in GBP: each line rounded to pence.</summary>
    public decimal Ordered { get; init; }

    /// <summary>What was given back for returns, in GBP: rounded to pence.</summary>
    public decimal Refunded { get; init; }

    /// <summary>What was credited, in GBP: each line rounded to pence.</summary>
    public decimal CreditNotes { get; init; }

    /// <summary>The classes together.</summary>
    public Tally Classified => Sold + Returned + Credited + Adjusted + Rejected;

    /// <summary>Whether every line, unit and pound of the files is in exactly one class.</summary>
    public bool AddUp => Classified == InFiles;

    /// <summary>Sum.</summary>
    public static ImportFigures operator +(ImportFigures left, ImportFigures right) => new()
    {
        InFiles = left.InFiles + right.InFiles,
        Sold = left.Sold + right.Sold,
        Returned = left.Returned + right.Returned,
        Credited = left.Credited + right.Credited,
        Adjusted = left.Adjusted + right.Adjusted,
        Rejected = left.Rejected + right.Rejected,
        CreditedAtAnotherPrice = left.CreditedAtAnotherPrice + right.CreditedAtAnotherPrice,
        SplitLines = left.SplitLines + right.SplitLines,
        Invoices = left.Invoices + right.Invoices,
        Cancellations = left.Cancellations + right.Cancellations,
        Orders = left.Orders + right.Orders,
        Ordered = left.Ordered + right.Ordered,
        Refunded = left.Refunded + right.Refunded,
        CreditNotes = left.CreditNotes + right.CreditNotes,
    };
}

/// <summary>A line that was not imported.</summary>
/// <param name="Line">Its number in the file, from 1.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Lines">Lines that this speaks of: 1, or all of a file without the right header.</param>
public sealed record RejectedLine(long Line, string Reason, long Lines = 1);
