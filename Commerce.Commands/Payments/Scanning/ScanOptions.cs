using System.ComponentModel.DataAnnotations;

namespace Commerce.Commands.Payments.Scanning;

/// <summary>How movements without an answer are asked for.</summary>
public sealed class ScanOptions
{
    /// <summary>How long an answer may take before the provider is asked for it: longer than the executor's own attempts.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan ScanAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest pause before a movement is asked for again; the pauses double from <see cref="ScanAfter"/> on.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "7.00:00:00")]
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often it is looked for movements that are due, while any is open.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Movements of one look.</summary>
    [Range(1, 10_000)]
    public int BatchMax { get; init; } = 100;

    /// <summary>Pause after the provider did not answer, with all that is due still due: as long as its circuit stays open.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan OutagePause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Times that the provider is asked for an authorisation that expired and that it has never heard of: a request that is that
    /// late was never sent. Should it be made all the same, the reconciliation finds it.
    /// </summary>
    [Range(1, 1_000)]
    public int ExpiredAsksMax { get; init; } = 5;

    /// <summary>Pause before the next ask of one that was asked for so often already.</summary>
    internal TimeSpan Pause(int asks)
    {
        var pause = ScanAfter;
        for (var n = 0; n < asks && pause < PauseMax; n++)
        {
            pause *= 2;
        }

        return pause < PauseMax ? pause : PauseMax;
    }

    /// <summary>The same options, checked.</summary>
    /// <exception cref="ValidationException">One is out of its range.</exception>
    public ScanOptions Validated()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        return this;
    }
}
