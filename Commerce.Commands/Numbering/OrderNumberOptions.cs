using System.ComponentModel.DataAnnotations;

namespace Commerce.Commands.Numbering;

/// <summary>How worker numbers are leased.</summary>
public sealed class OrderNumberOptions
{
    static readonly TimeSpan RenewPauseMax = TimeSpan.FromSeconds(10);

    /// <summary>How long a lease lasts: how long numbers go on without the database, and how long a crashed node's worker number stays taken.</summary>
    [Range(typeof(TimeSpan), "00:00:03", "00:10:00")]
    public TimeSpan LeaseFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Pause after the database did not answer; short beside <see cref="LeaseFor"/>, so that a lease survives several.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Often, so that whenever the database goes away nearly all of a lease is left, and at least so often that two of three
    /// renewals may fail before it lapses.
    /// </summary>
    internal TimeSpan RenewEvery => LeaseFor / 3 < RenewPauseMax ? LeaseFor / 3 : RenewPauseMax;

    /// <summary>The same options, if every one is within its range.</summary>
    /// <exception cref="ValidationException">One is not.</exception>
    internal OrderNumberOptions Validated()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        return this;
    }
}
