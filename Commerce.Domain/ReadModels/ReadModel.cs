using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;

namespace Commerce.Domain.ReadModels;

// Names and fields of these events are the storage format: add a version, never change one.

/// <summary>What people decided about a projection.</summary>
public abstract record ReadModelEvent
{
    /// <summary>The projection leaves an event out, now and whenever this version of it is made anew.</summary>
    /// <param name="Version">Version of the projection: another one may be able to apply it.</param>
    /// <param name="Position">The event's place in the log.</param>
    /// <param name="Type">The event's name.</param>
    /// <param name="Reason">Why, for a person.</param>
    [EventName("projection-event-skipped.v1")]
    public sealed record EventSkipped(int Version, long Position, string Type, string Reason) : ReadModelEvent;

    /// <summary>The projection is to try again.</summary>
    /// <param name="Version">Version of the projection.</param>
    /// <param name="Reason">Why, for a person.</param>
    [EventName("projection-retry-asked.v1")]
    public sealed record RetryAsked(int Version, string Reason) : ReadModelEvent;

    /// <summary>Its rows are to be made anew beside those that people read, and to take their place.</summary>
    /// <param name="Version">Version of the rows that people read then.</param>
    /// <param name="Reason">Why, for a person.</param>
    [EventName("projection-rebuild-asked.v1")]
    public sealed record RebuildAsked(int Version, string Reason) : ReadModelEvent;

    /// <summary>It is to apply nothing, and to build nothing, until it is resumed.</summary>
    /// <param name="Reason">Why, for a person.</param>
    [EventName("projection-paused.v1")]
    public sealed record Paused(string Reason) : ReadModelEvent;

    /// <summary>It goes on.</summary>
    /// <param name="Reason">Why, for a person.</param>
    [EventName("projection-resumed.v1")]
    public sealed record Resumed(string Reason) : ReadModelEvent;

    /// <summary>The rows that a rebuild replaced are to be removed.</summary>
    /// <param name="Version">Their version.</param>
    /// <param name="Rebuild">Revision of the decision to rebuild that made them; -1: nobody asked for it.</param>
    /// <param name="Reason">Why, for a person.</param>
    [EventName("projection-replaced-dropped.v1")]
    public sealed record ReplacedDropped(int Version, long Rebuild, string Reason) : ReadModelEvent;
}

/// <summary>Where and why a projection stands still.</summary>
/// <param name="Version">Version of the projection.</param>
/// <param name="Position">Place in the log of the event that it cannot apply; null: no event is at fault.</param>
/// <param name="Type">That event's name.</param>
public sealed record ReadModelStop(int Version, long? Position, string? Type);

/// <summary>Rows that a rebuild replaced and that are still there.</summary>
/// <param name="Version">Version of the projection that made them.</param>
/// <param name="Rebuild">Revision of the decision to rebuild that made them; -1: nobody asked for it.</param>
public sealed record ReplacedRows(int Version, long Rebuild);

/// <summary>What can be asked of a projection.</summary>
public abstract record ReadModelCommand
{
    /// <summary>Leave the event out that it stands at, and go on.</summary>
    /// <param name="Stop">Where it stands; null: it does not stand still.</param>
    /// <param name="Position">The event that is meant: nobody skips another one than they looked at.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Skip(ReadModelStop? Stop, long Position, string Reason) : ReadModelCommand;

    /// <summary>Try again.</summary>
    /// <param name="Stop">Where it stands; null: it does not stand still.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Retry(ReadModelStop? Stop, string Reason) : ReadModelCommand;

    /// <summary>Make its rows anew.</summary>
    /// <param name="Version">Version of the rows that people read; 0: there are none.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Rebuild(int Version, string Reason) : ReadModelCommand;

    /// <summary>Apply nothing any more.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Pause(string Reason) : ReadModelCommand;

    /// <summary>Go on.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Resume(string Reason) : ReadModelCommand;

    /// <summary>Remove the rows that a rebuild replaced.</summary>
    /// <param name="Replaced">Which; null: there are none.</param>
    /// <param name="Reason">Why.</param>
    public sealed record DropReplaced(ReplacedRows? Replaced, string Reason) : ReadModelCommand;
}

/// <summary>Why a command to a projection is refused.</summary>
public static class ReadModelRejections
{
    /// <summary>No such projection.</summary>
    public static readonly Rejection Unknown = new("projection-unknown", "There is no such projection.", RejectionKind.NotFound);

    /// <summary>There is nothing to decide.</summary>
    public static readonly Rejection Runs = new("projection-runs", "The projection does not stand still.", RejectionKind.Conflict);

    /// <summary>Another event is at fault.</summary>
    public static readonly Rejection Elsewhere = new("projection-stands-elsewhere", "The projection does not stand still at that event: look again where it stands.", RejectionKind.Conflict);

    /// <summary>It has no rows yet.</summary>
    public static readonly Rejection NotBuilt = new("projection-not-built", "The projection is not built yet: it is being built anyway, or nobody runs it.", RejectionKind.Conflict);

    /// <summary>It does nothing until it is resumed.</summary>
    public static readonly Rejection IsPaused = new("projection-paused", "The projection is paused: resume it first.", RejectionKind.Conflict);

    /// <summary>It was not paused.</summary>
    public static readonly Rejection IsNotPaused = new("projection-not-paused", "The projection is not paused.", RejectionKind.Conflict);

    /// <summary>No rebuild has replaced rows that are still there.</summary>
    public static readonly Rejection NothingReplaced = new("projection-nothing-replaced", "The projection has no rows that a rebuild replaced.", RejectionKind.Conflict);

    /// <summary>Not a reason.</summary>
    public static readonly Rejection ReasonInvalid = new("reason-invalid", $"A reason has 1 to {ReadModel.ReasonLengthMax} characters, none of them a control character.");
}

/// <summary>Decisions about one projection. Where it stands, and what rows of it there are, comes with the command.</summary>
/// <param name="IsPaused">Whether it applies nothing until it is resumed.</param>
public sealed record ReadModel(bool IsPaused)
{
    /// <summary>Characters of a person's reason at most.</summary>
    public const int ReasonLengthMax = 500;

    /// <summary>Events that one projection leaves out at most: with more of them its code is at fault, not its events.</summary>
    public const int DecisionsMax = 10_000;

    /// <summary>Category of its stream.</summary>
    public const string Category = "projection";

    /// <summary>Before any decision.</summary>
    public static readonly ReadModel None = new(IsPaused: false);

    /// <summary>The aggregate.</summary>
    public static readonly Decider<ReadModelCommand, ReadModelEvent, ReadModel> Decider = new(Category, None, Decide, Evolve);

    /// <summary>The stream of the decisions about a projection.</summary>
    public static StreamName StreamOf(string projection) => StreamName.For(Category, projection);

    /// <summary>The decisions with one more.</summary>
    public static ReadModel Evolve(ReadModel state, ReadModelEvent @event) => @event switch
    {
        ReadModelEvent.Paused => state with { IsPaused = true },
        ReadModelEvent.Resumed => state with { IsPaused = false },
        _ => state,
    };

    /// <summary>What a command leads to.</summary>
    public static Decision<ReadModelEvent> Decide(ReadModelCommand command, ReadModel state) => command switch
    {
        _ when !FreeText.IsValid(ReasonOf(command), ReasonLengthMax) => ReadModelRejections.ReasonInvalid,
        ReadModelCommand.Skip { Stop: null } or ReadModelCommand.Retry { Stop: null } => ReadModelRejections.Runs,
        ReadModelCommand.Skip { Stop: { Position: { } at, Type: { } type } stop } c when at == c.Position => new ReadModelEvent.EventSkipped(stop.Version, at, type, c.Reason),
        ReadModelCommand.Skip => ReadModelRejections.Elsewhere,
        ReadModelCommand.Retry { Stop: { } stop } c => new ReadModelEvent.RetryAsked(stop.Version, c.Reason),

        ReadModelCommand.Rebuild { Version: 0 } => ReadModelRejections.NotBuilt,
        ReadModelCommand.Rebuild or ReadModelCommand.Pause when state.IsPaused => ReadModelRejections.IsPaused,
        ReadModelCommand.Rebuild c => new ReadModelEvent.RebuildAsked(c.Version, c.Reason),
        ReadModelCommand.Pause c => new ReadModelEvent.Paused(c.Reason),
        ReadModelCommand.Resume when !state.IsPaused => ReadModelRejections.IsNotPaused,
        ReadModelCommand.Resume c => new ReadModelEvent.Resumed(c.Reason),
        ReadModelCommand.DropReplaced { Replaced: { } rows } c => new ReadModelEvent.ReplacedDropped(rows.Version, rows.Rebuild, c.Reason),
        ReadModelCommand.DropReplaced => ReadModelRejections.NothingReplaced,
        _ => throw new UnreachableException(),
    };

    static string? ReasonOf(ReadModelCommand command) => command switch
    {
        ReadModelCommand.Skip c => c.Reason,
        ReadModelCommand.Retry c => c.Reason,
        ReadModelCommand.Rebuild c => c.Reason,
        ReadModelCommand.Pause c => c.Reason,
        ReadModelCommand.Resume c => c.Reason,
        ReadModelCommand.DropReplaced c => c.Reason,
        _ => null,
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ReadModelEvent.EventSkipped))]
[JsonSerializable(typeof(ReadModelEvent.RetryAsked))]
[JsonSerializable(typeof(ReadModelEvent.RebuildAsked))]
[JsonSerializable(typeof(ReadModelEvent.Paused))]
[JsonSerializable(typeof(ReadModelEvent.Resumed))]
[JsonSerializable(typeof(ReadModelEvent.ReplacedDropped))]
sealed partial class ReadModelsJson : JsonSerializerContext;
