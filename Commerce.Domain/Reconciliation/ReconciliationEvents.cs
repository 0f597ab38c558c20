using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;

namespace Commerce.Domain.Reconciliation;

/// <summary>What a run came to. Differences = Repaired + Left.</summary>
/// <param name="Movements">Movements of the day that were held against each other, those of one side only counted in.</param>
/// <param name="Differences">Those of them that the two sides do not agree on.</param>
/// <param name="Repaired">Differences that a rule repaired in this run.</param>
/// <param name="Left">Differences that a person has to look at, those of earlier runs that are still there counted in.</param>
public sealed record ReconciliationTotals(int Movements, int Differences, int Repaired, int Left);

// Names and fields of these events are the storage format: add a version, never change one.

/// <summary>What happens when a day is reconciled. A day may be reconciled again: each time is a run of the same stream.</summary>
public abstract record ReconciliationEvent
{
    /// <summary>The two sides are held against each other.</summary>
    [EventName("reconciliation-started.v1")]
    public sealed record Started(DateOnly Date, int Run, DateTimeOffset At) : ReconciliationEvent;

    /// <summary>They do not agree on a movement, or it is not as its order wants it.</summary>
    [EventName("reconciliation-difference-found.v2")]
    public sealed record DifferenceFound(int Run, Difference Difference) : ReconciliationEvent;

    /// <summary>As written before orders were compared.</summary>
    [EventName("reconciliation-difference-found.v1")]
    public sealed record DifferenceFoundV1(int Run, DifferenceV1 Difference) : ReconciliationEvent, IOldVersion
    {
        /// <inheritdoc/>
        public object Upcast()
        {
            var d = Difference;
            return new DifferenceFound(Run, new(d.Movement, d.Class, d.Order, d.Here, d.AmountHere, d.There, d.AmountThere, d.Reference, d.At, null));
        }
    }

    /// <summary>They still do not agree on one that was left for a person before.</summary>
    [EventName("reconciliation-difference-seen-again.v1")]
    public sealed record DifferenceSeenAgain(int Run, MovementId Movement) : ReconciliationEvent;

    /// <summary>A rule repaired it by a command; what came of that.</summary>
    [EventName("reconciliation-difference-repaired.v1")]
    public sealed record DifferenceRepaired(int Run, MovementId Movement, string Outcome) : ReconciliationEvent;

    /// <summary>A person has to look at it; why.</summary>
    [EventName("reconciliation-difference-left.v1")]
    public sealed record DifferenceLeft(int Run, MovementId Movement, string Reason) : ReconciliationEvent;

    /// <summary>One that was left for a person is there no more.</summary>
    [EventName("reconciliation-difference-gone.v1")]
    public sealed record DifferenceGone(int Run, MovementId Movement) : ReconciliationEvent;

    /// <summary>All of the day was looked at.</summary>
    [EventName("reconciliation-finished.v1")]
    public sealed record Finished(int Run, ReconciliationTotals Totals) : ReconciliationEvent;
}

/// <summary>What can be asked of a day's reconciliation.</summary>
public abstract record ReconciliationCommand
{
    /// <summary>Begin a run.</summary>
    public sealed record Start(DateOnly Date, DateTimeOffset At) : ReconciliationCommand;

    /// <summary>Note a difference.</summary>
    public sealed record Find(int Run, Difference Difference) : ReconciliationCommand;

    /// <summary>Note that it is repaired.</summary>
    public sealed record Repair(int Run, MovementId Movement, string Outcome) : ReconciliationCommand;

    /// <summary>Leave it for a person.</summary>
    public sealed record Leave(int Run, MovementId Movement, string Reason) : ReconciliationCommand;

    /// <summary>End the run; every difference of it is repaired or left.</summary>
    public sealed record Finish(int Run, int Movements) : ReconciliationCommand;
}

/// <summary>Why a command to a reconciliation is refused.</summary>
public static class ReconciliationRejections
{
    /// <summary>The stream is that of another day.</summary>
    public static readonly Rejection OtherDate = new("reconciliation-date", "This is the reconciliation of another day.", RejectionKind.Conflict);

    /// <summary>Another run began meanwhile, or this one has ended.</summary>
    public static readonly Rejection Overtaken = new("reconciliation-overtaken", "This run is not under way: it has ended, or another one began.", RejectionKind.Conflict);

    /// <summary>No such difference in this run.</summary>
    public static readonly Rejection NotFound = new("difference-unknown", "This run has found no such difference, or has dealt with it otherwise.", RejectionKind.NotFound);

    /// <summary>Not all are dealt with.</summary>
    public static readonly Rejection Open = new("difference-open", "A difference of this run is neither repaired nor left for a person.", RejectionKind.Conflict);

    /// <summary>Too many to be accidents.</summary>
    public static readonly Rejection TooMany = new(
        "differences-too-many", $"A day has at most {DayReconciliation.DifferencesMax} differences: beyond that the statement is likely to be somebody else's.");
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ReconciliationEvent.Started))]
[JsonSerializable(typeof(ReconciliationEvent.DifferenceFound))]
[JsonSerializable(typeof(ReconciliationEvent.DifferenceFoundV1))]
[JsonSerializable(typeof(ReconciliationEvent.DifferenceSeenAgain))]
[JsonSerializable(typeof(ReconciliationEvent.DifferenceRepaired))]
[JsonSerializable(typeof(ReconciliationEvent.DifferenceLeft))]
[JsonSerializable(typeof(ReconciliationEvent.DifferenceGone))]
[JsonSerializable(typeof(ReconciliationEvent.Finished))]
sealed partial class ReconciliationJson : JsonSerializerContext;
