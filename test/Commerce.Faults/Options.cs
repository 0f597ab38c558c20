using System.Globalization;

namespace Commerce.Faults;

/// <summary>What is asked for on the command line.</summary>
/// <param name="Load">How long customers come and things are struck.</param>
/// <param name="Seed">What strikes when, and what customers want, follow from it; how fast the machine is does not.</param>
/// <param name="OrdersPerSecond">How many customers come.</param>
/// <param name="JsonFile">Where the report goes as JSON; null: nowhere.</param>
/// <param name="LogsFolder">Where the processes' own words go, one file each; null: they are forgotten.</param>
sealed record Options(TimeSpan Load, int Seed, int OrdersPerSecond, string? JsonFile, string? LogsFolder)
{
    /// <summary>Where nothing is said: each kind of strike comes about once.</summary>
    public static readonly Options Default = new(TimeSpan.FromMinutes(5), 1, 10, null, null);

    const double MinutesMin = 0.1;
    const double MinutesMax = 24 * 60;
    const int OrdersPerSecondMax = 1_000;

    /// <summary>Reads it.</summary>
    /// <returns>What is asked for, or one sentence that says what is wrong.</returns>
    public static (Options? Options, string? Wrong) Parse(string[] args)
    {
        var options = Default;
        for (var n = 0; n < args.Length; n += 2)
        {
            switch (args[n], n + 1 < args.Length ? args[n + 1] : null)
            {
                case ("--minutes", { } value) when double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes) && minutes is >= MinutesMin and <= MinutesMax:
                    options = options with { Load = TimeSpan.FromMinutes(minutes) };
                    break;
                case ("--seed", { } value) when Number(value, 0, int.MaxValue) is { } seed:
                    options = options with { Seed = seed };
                    break;
                case ("--orders", { } value) when Number(value, 1, OrdersPerSecondMax) is { } orders:
                    options = options with { OrdersPerSecond = orders };
                    break;
                case ("--json", { } value):
                    options = options with { JsonFile = value };
                    break;
                case ("--logs", { } value):
                    options = options with { LogsFolder = value };
                    break;
                default:
                    return (null, $"'{args[n]}' cannot be used so: faults [--minutes M] [--seed S] [--orders PER-SECOND] [--json FILE] [--logs FOLDER].");
            }
        }

        return (options, null);
    }

    static int? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;
}
