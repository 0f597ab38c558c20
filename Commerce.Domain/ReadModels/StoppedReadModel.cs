using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;

namespace Commerce.Domain.ReadModels;

// Names and fields of these events are the storage format: add a version, never change one.

/// <summary>What people decided about a projection that stands still at an event which it cannot apply.</summary>
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
}

/// <summary>Where and why a projection stands still.</summary>
/// <param name="Version">Version of the projection.</param>
/// <param name="Position">Place in the log of the event that it cannot apply; null: no event is at fault.</param>
/// <param name="Type">That event's name.</param>
public sealed record ReadModelStop(int Version, long? Position, string? Type);

/// <summary>What can be asked of a projection that stands still.</summary>
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

    /// <summary>Not a reason.</summary>
    public static readonly Rejection ReasonInvalid = new("reason-invalid", $"A reason has 1 to {StoppedReadModel.ReasonLengthMax} characters, none of them a control character.");
}

/// <summary>Decisions about one projection. They need no state: what they are about is where the projection stands.</summary>
public sealed record StoppedReadModel
{
    /// <summary>Characters of a person's reason at most.</summary>
    public const int ReasonLengthMax = 500;

    /// <summary>Events that one projection leaves out at most: with more of them its code is at fault, not its events.</summary>
    public const int DecisionsMax = 10_000;

    /// <summary>Category of its stream.</summary>
    public const string Category = "projection";

    /// <summary>Before any decision.</summary>
    public static readonly StoppedReadModel None = new();

    /// <summary>The aggregate.</summary>
    public static readonly Decider<ReadModelCommand, ReadModelEvent, StoppedReadModel> Decider = new(Category, None, Decide, (state, _) => state);

    /// <summary>The stream of the decisions about a projection.</summary>
    public static StreamName StreamOf(string projection) => StreamName.For(Category, projection);

    /// <summary>What a command leads to.</summary>
    public static Decision<ReadModelEvent> Decide(ReadModelCommand command, StoppedReadModel state) => command switch
    {
        ReadModelCommand.Skip or ReadModelCommand.Retry when !FreeText.IsValid(ReasonOf(command), ReasonLengthMax) => ReadModelRejections.ReasonInvalid,
        ReadModelCommand.Skip { Stop: null } or ReadModelCommand.Retry { Stop: null } => ReadModelRejections.Runs,
        ReadModelCommand.Skip { Stop: { Position: { } at, Type: { } type } stop } c when at == c.Position => new ReadModelEvent.EventSkipped(stop.Version, at, type, c.Reason),
        ReadModelCommand.Skip => ReadModelRejections.Elsewhere,
        ReadModelCommand.Retry { Stop: { } stop } c => new ReadModelEvent.RetryAsked(stop.Version, c.Reason),
        _ => throw new UnreachableException(),
    };

    static string? ReasonOf(ReadModelCommand command) => command switch
    {
        ReadModelCommand.Skip c => c.Reason,
        ReadModelCommand.Retry c => c.Reason,
        _ => null,
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ReadModelEvent.EventSkipped))]
[JsonSerializable(typeof(ReadModelEvent.RetryAsked))]
sealed partial class ReadModelsJson : JsonSerializerContext;
