using Commerce.Simulation.Checks;

namespace Commerce.Simulation;

/// <summary>
/// Plays seeds and says which of them show what no run may show: <c>simulate [--seeds N] [--seed S] [--trace] [--mutation NAME]</c>.
/// Each run has one thread and shares nothing; as many run at once as there are processors.
/// </summary>
static class Simulations
{
    const int FailedExitCode = 1;
    const int UsageExitCode = 2;

    /// <summary>Offences of one seed that are shown; the first ones lead to the others.</summary>
    const int FailuresShownMax = 20;

    /// <summary>Failing seeds that are shown; the others are counted.</summary>
    const int SeedsShownMax = 20;

    /// <returns>0: nothing is wrong; 1: something is; 2: the arguments are.</returns>
    public static int Main(string[] args) => Play(args, Console.Out, Console.Error);

    /// <summary>The same, to these.</summary>
    public static int Play(string[] args, TextWriter output, TextWriter errors)
    {
        var (options, wrong) = Options.Parse(args);
        if (options is null)
        {
            errors.WriteLine($"simulate: {wrong}");
            return UsageExitCode;
        }

        var totals = All(options, run =>
        {
            if (run.Failures.Count > 0)
            {
                Show(run, options, output);
            }
            else if (options.Seeds == 1)
            {
                output.WriteLine($"seed {run.Seed}: log {run.Digest}");
            }
        });
        foreach (var line in totals.Lines())
        {
            output.WriteLine(line);
        }

        output.WriteLine(totals.Failed == 0 ? "Nothing offends." : $"{totals.Failed} of {totals.Seeds} seeds offend.");
        return totals.Failed == 0 ? 0 : FailedExitCode;
    }

    /// <summary>Plays all seeds; the failing ones are told as they come, up to a limit.</summary>
    public static Totals All(Options options, Action<Run> told)
    {
        var totals = new Totals();
        var one = new Lock();
        Parallel.For(options.Seed, options.Seed + options.Seeds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            var run = Run.Of(seed, options.Mutation, options.HasTrace);
            lock (one)
            {
                totals.Add(run);
                if (run.Failures.Count == 0 || totals.Failed <= SeedsShownMax)
                {
                    told(run);
                }
            }
        });
        return totals;
    }

    /// <summary>One line that plays it again, then what is wrong, then how it came to the first of that.</summary>
    public static void Show(Run run, Options options, TextWriter output)
    {
        output.WriteLine(options.Replay(run.Seed));
        foreach (var failure in run.Failures.Take(FailuresShownMax))
        {
            output.WriteLine($"  {failure}");
        }

        if (run.Failures.Count > FailuresShownMax)
        {
            output.WriteLine($"  and {run.Failures.Count - FailuresShownMax} more");
        }

        foreach (var step in Story.Of(run))
        {
            output.WriteLine(step);
        }
    }
}
