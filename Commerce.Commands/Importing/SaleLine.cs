using Commerce.Domain;

namespace Commerce.Commands.Importing;

/// <summary>A line that was sold to a known customer, and how much of it came back: what a later cancellation is matched to.</summary>
/// <param name="Order">Its order.</param>
/// <param name="Line">Its number in the order, from 1.</param>
/// <param name="Number">Number of the order: of two sales at one moment, the newer has the higher one.</param>
/// <param name="Customer">Who bought.</param>
/// <param name="Sku">What.</param>
/// <param name="UnitPrice">At what price, in GBP.</param>
/// <param name="Quantity">Units sold.</param>
/// <param name="Returned">Units that came back.</param>
/// <param name="At">When it was sold.</param>
public sealed record SaleLine(
    OrderId Order, int Line, long Number, CustomerId Customer, Sku Sku, decimal UnitPrice, int Quantity, int Returned, DateTimeOffset At)
{
    /// <summary>Units that can still come back.</summary>
    public int Open => Quantity - Returned;
}
