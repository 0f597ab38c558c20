using Commerce.Domain;

namespace Commerce.Commands.Importing;

/// <summary>A line of an Online Retail file that could be read; whether it makes sense beside its invoice is not said.</summary>
/// <param name="Line">Its number in the file, the header being 1.</param>
/// <param name="Invoice">Its invoice; one that begins with <c>C</c> is a cancellation.</param>
/// <param name="Sku">What is sold.</param>
/// <param name="Description">Its name then, without surrounding spaces; may be empty.</param>
/// <param name="Quantity">May be zero or below.</param>
/// <param name="At">When, UTC (the files name no time zone).</param>
/// <param name="Price">Of one, in pounds; zero or more.</param>
/// <param name="Customer">Who bought; null: a guest.</param>
/// <param name="Country">Where; null: not said.</param>
sealed record RetailLine(
    long Line, string Invoice, Sku Sku, string Description, int Quantity, DateTimeOffset At, decimal Price, CustomerId? Customer, string? Country)
{
    /// <summary>The currency of every file.</summary>
    public static readonly Currency Pounds = Currency.Of("GBP");

    /// <summary>Whether its invoice is a cancellation.</summary>
    public bool IsCancellation => Invoice[0] == 'C';

    /// <summary>What the line counts in its file.</summary>
    public Tally Tally => new(1, Quantity, Quantity * Price);

    /// <summary>Its price as money.</summary>
    public Money UnitPrice => new(Price, Pounds);
}
