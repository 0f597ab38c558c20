using System.ComponentModel.DataAnnotations;

namespace Commerce.Commands.Payments.Callbacks;

/// <summary>How callbacks are applied and kept.</summary>
public sealed class CallbackOptions
{
    /// <summary>How often it is looked for callbacks to apply: how late one is at most.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan Every { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Callbacks that are taken in one go.</summary>
    [Range(1, 10_000)]
    public int BatchMax { get; init; } = 256;

    /// <summary>Callbacks that are applied at once: they wait for the log, not for a processor.</summary>
    [Range(1, 1_024)]
    public int AtOnceMax { get; init; } = 16;

    /// <summary>First pause of a callback that speaks of what the log does not know yet; doubled up to <see cref="PauseMax"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan PauseMin { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest such pause: how late a callback is applied once it can be.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What is unknown for so long stays unknown: a person has to look. Providers send for three days at most.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan WaitMax { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a callback is kept that does not wait: far beyond the days for which a provider repeats it.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "3650.00:00:00")]
    public TimeSpan KeptFor { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How often the waiting are counted, and those that were kept long enough removed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan HousekeepingEvery { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a leader makes sure that it still is, and a follower asks whether there is one.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan LeadershipEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Pause after so many tries.</summary>
    internal TimeSpan Pause(int tries)
    {
        var pause = PauseMin;
        for (var n = 0; n < tries && pause < PauseMax; n++)
        {
            pause *= 2;
        }

        return pause < PauseMax ? pause : PauseMax;
    }

    /// <summary>The same options, checked.</summary>
    /// <exception cref="ValidationException">One is out of its range.</exception>
    public CallbackOptions Validated()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        return this;
    }
}
