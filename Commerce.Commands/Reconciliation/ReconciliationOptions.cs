using System.ComponentModel.DataAnnotations;

namespace Commerce.Commands.Reconciliation;

/// <summary>How days are held against the provider's statement.</summary>
public sealed class ReconciliationOptions
{
    /// <summary>Hour (UTC) from which the day before is reconciled by itself: late enough for the provider to have closed it.</summary>
    [Range(0, 23)]
    public int Hour { get; init; } = 3;

    /// <summary>Days that are made up for after an outage, the last ones; 0: only the day before. A person asks for older ones.</summary>
    [Range(0, 366)]
    public int CatchUpDaysMax { get; init; } = 7;

    /// <summary>How often it is looked whether a day is due.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Movements of a day on either side at most: so many are held in memory, some 500 MB.</summary>
    [Range(1, 10_000_000)]
    public int MovementsMax { get; init; } = 1_000_000;

    /// <summary>Payments that the statement lacks and that are looked up one by one at most; the others count as missing there.</summary>
    [Range(0, 100_000)]
    public int LookupsMax { get; init; } = 1_000;

    /// <summary>The same options, checked.</summary>
    /// <exception cref="ValidationException">One is out of its range.</exception>
    public ReconciliationOptions Validated()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        return this;
    }
}

/// <summary>A day that cannot be reconciled; the message says why in one sentence.</summary>
public sealed class ReconciliationException(string message) : Exception(message);
