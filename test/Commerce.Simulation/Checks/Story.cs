using System.Text.RegularExpressions;
using Commerce.Domain;

namespace Commerce.Simulation.Checks;

/// <summary>How it came to an offence: the steps of its order, payment or stock, and the deaths of processes among them.</summary>
static partial class Story
{
    /// <summary>Steps that are told at most, the last ones.</summary>
    const int StepsMax = 400;

    /// <summary>The story of a run's first offence; the others mostly follow from it.</summary>
    public static IEnumerable<string> Of(Run run)
    {
        if (run.Failures.Count == 0)
        {
            return [];
        }

        var names = Names().Matches(run.Failures[0].Detail).Select(m => m.Value).ToHashSet(StringComparer.Ordinal);
        foreach (var order in names.Where(n => OrderId.TryParse(n, null, out _)).ToList())
        {
            names.Add(PaymentId.For(OrderId.Parse(order, null)).ToString());
        }

        return run.Trace.Where(s => Deaths().IsMatch(s) || names.Count == 0 || names.Any(n => s.Contains(n, StringComparison.Ordinal))).TakeLast(StepsMax);
    }

    [GeneratedRegex(@"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w-]+@\w+")]
    private static partial Regex Names();

    [GeneratedRegex(" (dies before:|starts|faults are over) ")]
    private static partial Regex Deaths();
}
