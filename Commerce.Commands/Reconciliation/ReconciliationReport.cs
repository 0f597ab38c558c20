using System.Collections.Immutable;
using Commerce.Domain.Reconciliation;

namespace Commerce.Commands.Reconciliation;

/// <summary>What became of a difference, for a person.</summary>
/// <param name="Difference">Which.</param>
/// <param name="Fate">What became of it; <see cref="DifferenceFate.Found"/>: nothing, for the run was a dry one and a rule would repair it.</param>
/// <param name="Note">The command's outcome, or why a person has to look.</param>
public sealed record ReportedDifference(Difference Difference, DifferenceFate Fate, string Note);

/// <summary>What a run came to.</summary>
/// <param name="Date">The day.</param>
/// <param name="Run">The how-manieth run of that day; null: a dry one.</param>
/// <param name="Movements">Movements of the day that were held against each other.</param>
/// <param name="Differences">Those that the two sides do not agree on, in the order of time.</param>
public sealed record ReconciliationReport(DateOnly Date, int? Run, int Movements, ImmutableArray<ReportedDifference> Differences)
{
    /// <summary>Differences that a person has to look at.</summary>
    public int Left => Differences.Count(d => d.Fate == DifferenceFate.Left);

    /// <summary>Differences that were repaired; of a dry run, that would be.</summary>
    public int Repaired => Differences.Length - Left;
}
