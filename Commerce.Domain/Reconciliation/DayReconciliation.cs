using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Commerce.Domain.Log;
using static Commerce.Domain.Decision;

namespace Commerce.Domain.Reconciliation;

/// <summary>What became of a difference.</summary>
public enum DifferenceFate
{
    /// <summary>Found, and nothing done yet.</summary>
    Found,

    /// <summary>A rule repaired it.</summary>
    Repaired,

    /// <summary>A person has to look at it.</summary>
    Left,
}

/// <summary>A difference that a run found.</summary>
/// <param name="Difference">As it was when it was found.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Run">The last run that saw it.</param>
public sealed record KnownDifference(Difference Difference, DifferenceFate Fate, int Run);

/// <summary>The runs that held one day of the provider's books against ours. Each begins a new run; one is under way at most.</summary>
public sealed record DayReconciliation(DateOnly? Date, int Run, DateTimeOffset StartedAt, bool IsRunning, ImmutableDictionary<MovementId, KnownDifference> Differences)
{
    /// <summary>Differences of a day at most: a person works through a few hundred, and a hundred thousand are a mistaken statement.</summary>
    public const int DifferencesMax = 10_000;

    /// <summary>Characters of an outcome or a reason at most.</summary>
    public const int TextLengthMax = 500;

    /// <summary>Before the first run.</summary>
    public static readonly DayReconciliation None = new(null, 0, default, IsRunning: false, ImmutableDictionary<MovementId, KnownDifference>.Empty);

    /// <summary>The aggregate.</summary>
    public static readonly Decider<ReconciliationCommand, ReconciliationEvent, DayReconciliation> Decider = new("reconciliation", None, Decide, Evolve);

    /// <summary>When the last run that reached its end began; null: none did.</summary>
    public DateTimeOffset? CoveredAt { get; init; }

    /// <summary>Its stream.</summary>
    public static StreamName StreamOf(DateOnly date) => StreamName.For("reconciliation", date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    /// <summary>The reconciliation after an event.</summary>
    public static DayReconciliation Evolve(DayReconciliation runs, ReconciliationEvent @event) => @event switch
    {
        ReconciliationEvent.Started e => runs with { Date = e.Date, Run = e.Run, StartedAt = e.At, IsRunning = true },
        ReconciliationEvent.DifferenceFound e => runs.With(new(e.Difference, DifferenceFate.Found, e.Run)),
        ReconciliationEvent.DifferenceSeenAgain e => runs.With(runs.Differences[e.Movement] with { Run = e.Run }),
        ReconciliationEvent.DifferenceRepaired e => runs.With(runs.Differences[e.Movement] with { Fate = DifferenceFate.Repaired }),
        ReconciliationEvent.DifferenceLeft e => runs.With(runs.Differences[e.Movement] with { Fate = DifferenceFate.Left }),
        ReconciliationEvent.DifferenceGone e => runs with { Differences = runs.Differences.Remove(e.Movement) },
        ReconciliationEvent.Finished => runs with { IsRunning = false, CoveredAt = runs.StartedAt },
        _ => throw new UnreachableException(),
    };

    /// <summary>What a command leads to.</summary>
    public static Decision<ReconciliationEvent> Decide(ReconciliationCommand command, DayReconciliation runs) => command switch
    {
        ReconciliationCommand.Start c when runs.Date is { } date && date != c.Date => ReconciliationRejections.OtherDate,

        // Also where one is under way: it may have died. If it did not, it is told so at its next step.
        ReconciliationCommand.Start c => new ReconciliationEvent.Started(c.Date, runs.Run + 1, c.At),

        _ when !runs.IsRunning || RunOf(command) != runs.Run => ReconciliationRejections.Overtaken,

        ReconciliationCommand.Find c when runs.Differences.TryGetValue(c.Difference.Movement, out var known) && known.Difference == c.Difference && known.Fate != DifferenceFate.Repaired =>
            known.Run == c.Run ? Nothing
            : known.Fate == DifferenceFate.Left ? new ReconciliationEvent.DifferenceSeenAgain(c.Run, c.Difference.Movement)
            : new ReconciliationEvent.DifferenceFound(c.Run, c.Difference),
        ReconciliationCommand.Find c when runs.Differences.Count >= DifferencesMax && !runs.Differences.ContainsKey(c.Difference.Movement) => ReconciliationRejections.TooMany,
        ReconciliationCommand.Find c => new ReconciliationEvent.DifferenceFound(c.Run, c.Difference),

        ReconciliationCommand.Repair c => runs.Settle(c.Movement, DifferenceFate.Repaired, new ReconciliationEvent.DifferenceRepaired(c.Run, c.Movement, Short(c.Outcome))),
        ReconciliationCommand.Leave c => runs.Settle(c.Movement, DifferenceFate.Left, new ReconciliationEvent.DifferenceLeft(c.Run, c.Movement, Short(c.Reason))),

        ReconciliationCommand.Finish when runs.OfRun(DifferenceFate.Found) > 0 => ReconciliationRejections.Open,
        ReconciliationCommand.Finish c => Decision<ReconciliationEvent>.Of([.. runs.Gone(), new ReconciliationEvent.Finished(c.Run, runs.Totals(c.Movements))]),
        _ => throw new UnreachableException(),
    };

    static int RunOf(ReconciliationCommand command) => command switch
    {
        ReconciliationCommand.Find c => c.Run,
        ReconciliationCommand.Repair c => c.Run,
        ReconciliationCommand.Leave c => c.Run,
        ReconciliationCommand.Finish c => c.Run,
        _ => throw new UnreachableException(),
    };

    // A provider's words may be long.
    static string Short(string text) => text.Length <= TextLengthMax ? text : text[..TextLengthMax];

    Decision<ReconciliationEvent> Settle(MovementId movement, DifferenceFate fate, ReconciliationEvent settled) =>
        !Differences.TryGetValue(movement, out var known) || known.Run != Run ? ReconciliationRejections.NotFound
        : known.Fate == fate ? Nothing
        : known.Fate == DifferenceFate.Found ? settled
        : ReconciliationRejections.NotFound;

    ReconciliationTotals Totals(int movements) =>
        new(movements, Differences.Values.Count(d => d.Run == Run), OfRun(DifferenceFate.Repaired), OfRun(DifferenceFate.Left));

    int OfRun(DifferenceFate fate) => Differences.Values.Count(d => d.Run == Run && d.Fate == fate);

    // What an earlier run left, or died over, and this one did not see, is there no more.
    IEnumerable<ReconciliationEvent> Gone() => Differences.Values
        .Where(d => d.Run < Run && d.Fate != DifferenceFate.Repaired)
        .Select(d => d.Difference.Movement)
        .OrderBy(m => m.ToString(), StringComparer.Ordinal)
        .Select(m => new ReconciliationEvent.DifferenceGone(Run, m));

    DayReconciliation With(KnownDifference difference) => this with { Differences = Differences.SetItem(difference.Difference.Movement, difference) };
}
