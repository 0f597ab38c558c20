namespace Commerce.Domain.Inventory;

/// <summary>Units that stock keeps for a flash sale. Invariant: 0 &lt;= Left.</summary>
/// <param name="Left">Units that are kept for it and for no order of it yet.</param>
/// <param name="LastReturn">Number of the latest return of units that nobody claimed; 0: there was none.</param>
public sealed record SaleAllocation(int Left, int LastReturn);
