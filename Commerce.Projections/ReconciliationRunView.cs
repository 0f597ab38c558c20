using System.Globalization;
using Commerce.Domain.Reconciliation;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>One run that held a day of the provider's statement against our log. Differences = Repaired + Left once it is finished.</summary>
public sealed record ReconciliationRunView : IDocument<string>
{
    /// <summary>Day and run, in the order of both: <c>2026-11-24/000001</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The day, <c>yyyy-MM-dd</c>.</summary>
    public required string Date { get; init; }

    /// <summary>The how-manieth run of that day, from 1.</summary>
    public required int Run { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it reached its end; null: it has not, or died.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Movements of the day that were held against each other.</summary>
    public int Movements { get; init; }

    /// <summary>Those that the two sides do not agree on.</summary>
    public int Differences { get; init; }

    /// <summary>Differences that a rule repaired.</summary>
    public int Repaired { get; init; }

    /// <summary>Differences that a person has to look at.</summary>
    public int Left { get; init; }

    /// <summary>Place in the log of the last event in it.</summary>
    public long Position { get; init; }

    /// <summary>Whether an event changes a run.</summary>
    public static bool IsOfRun(ProjectedEvent e) => e.Event is ReconciliationEvent.Started or ReconciliationEvent.Finished;

    /// <summary>The run that an event changes.</summary>
    public static string IdOf(ProjectedEvent e) => string.Create(
        CultureInfo.InvariantCulture, $"{e.Recorded.Stream.Id}/{(e.Event is ReconciliationEvent.Started started ? started.Run : e.Event is ReconciliationEvent.Finished finished ? finished.Run : 0):D6}");

    /// <summary>The run after an event.</summary>
    /// <exception cref="InvalidOperationException">A run ended that nobody began: the stream is broken.</exception>
    public static ReconciliationRunView Apply(ReconciliationRunView? run, ProjectedEvent e) => e.Event switch
    {
        ReconciliationEvent.Started x => new() { Id = IdOf(e), Date = e.Recorded.Stream.Id, Run = x.Run, StartedAt = x.At, Position = e.Position },
        ReconciliationEvent.Finished x when run is not null => run with
        {
            FinishedAt = e.OccurredAt,
            Movements = x.Totals.Movements,
            Differences = x.Totals.Differences,
            Repaired = x.Totals.Repaired,
            Left = x.Totals.Left,
            Position = e.Position,
        },
        _ => throw new InvalidOperationException($"{e.Recorded.Stream} ends a run that did not begin."),
    };
}
