namespace Commerce.Projections.Queries;

/// <summary>What sales are grouped by. Weeks begin on Mondays; all days are those of UTC.</summary>
public enum SalesDimension
{
    /// <summary>The day on which it happened.</summary>
    Day,

    /// <summary>The week in which it happened, by its Monday.</summary>
    Week,

    /// <summary>The month in which it happened, by its first day.</summary>
    Month,

    /// <summary>Where the order went.</summary>
    Country,

    /// <summary>What was sold.</summary>
    Sku,

    /// <summary>Who ordered.</summary>
    Customer,
}
