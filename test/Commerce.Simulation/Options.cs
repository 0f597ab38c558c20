using System.Globalization;
using Commerce.Simulation.Processes;

namespace Commerce.Simulation;

/// <summary>What is asked for on the command line.</summary>
/// <param name="Seed">The first seed.</param>
/// <param name="Seeds">How many, one after another.</param>
/// <param name="HasTrace">Whether the steps that led to a failing seed's first offence are shown.</param>
/// <param name="Mutation">A defect to be found.</param>
sealed record Options(int Seed, int Seeds, bool HasTrace, Mutation Mutation)
{
    /// <summary>Seeds where nothing is said: as many as the tests play.</summary>
    public const int SeedsDefault = 500;

    const int SeedsMax = 10_000_000;

    /// <summary>Reads it.</summary>
    /// <returns>What is asked for, or one sentence that says what is wrong.</returns>
    public static (Options? Options, string? Wrong) Parse(string[] args)
    {
        (int? seed, int? seeds) = (null, null);
        var options = new Options(1, SeedsDefault, HasTrace: false, Mutation.None);
        for (var n = 0; n < args.Length; n++)
        {
            switch (args[n], n + 1 < args.Length ? args[n + 1] : null)
            {
                case ("--trace", _):
                    options = options with { HasTrace = true };
                    break;
                case ("--seed", { } value) when Number(value, 0, int.MaxValue - SeedsMax) is { } number:
                    (seed, n) = (number, n + 1);
                    break;
                case ("--seeds", { } value) when Number(value, 1, SeedsMax) is { } number:
                    (seeds, n) = (number, n + 1);
                    break;
                case ("--mutation", { } value) when MutationOf(value) is { } mutation:
                    (options, n) = (options with { Mutation = mutation }, n + 1);
                    break;
                case ("--seed" or "--seeds", _):
                    return (null, $"{args[n]} takes a number: a seed from 0, seeds from 1 to {SeedsMax}.");
                case ("--mutation", _):
                    return (null, $"--mutation takes one of {string.Join(", ", Enum.GetValues<Mutation>().Select(m => m.Word()))}.");
                default:
                    return (null, $"'{args[n]}' is not known: simulate [--seeds N] [--seed S] [--trace] [--mutation NAME].");
            }
        }

        // A seed alone is that one: how a failing one is replayed.
        return (options with { Seed = seed ?? options.Seed, Seeds = seeds ?? (seed is null ? SeedsDefault : 1) }, null);
    }

    /// <summary>The line that plays one of the seeds again.</summary>
    public string Replay(int seed) =>
        string.Create(CultureInfo.InvariantCulture, $"./build.sh simulate --seed {seed}") + (Mutation == Mutation.None ? string.Empty : $" --mutation {Mutation.Word()}");

    static int? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;

    static Mutation? MutationOf(string word) => Enum.GetValues<Mutation>().Cast<Mutation?>().FirstOrDefault(m => m?.Word() == word);
}
