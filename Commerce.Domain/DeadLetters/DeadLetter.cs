using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;
using static Commerce.Domain.Decision;

namespace Commerce.Domain.DeadLetters;

// Names and fields of these events are the storage format: add a version, never change one.

/// <summary>What happens to a message that could not be handled.</summary>
public abstract record DeadLetterEvent
{
    /// <summary>It was given up, however often it was tried; later messages of its order wait behind it.</summary>
    /// <param name="Queue">Whose it was.</param>
    /// <param name="Order">Its order; null: the message cannot be read.</param>
    /// <param name="Message">The event in the log that it carries, which is the message's id.</param>
    /// <param name="Type">That event's name.</param>
    /// <param name="Position">That event's place in the log; 0: the message cannot be read.</param>
    /// <param name="Reason">The last failure.</param>
    [EventName("dead-letter-kept.v1")]
    public sealed record Kept(string Queue, OrderId? Order, Guid Message, string Type, long Position, string Reason) : DeadLetterEvent;

    /// <summary>Somebody wants it handled again.</summary>
    [EventName("dead-letter-replay-asked.v1")]
    public sealed record ReplayAsked(string Reason) : DeadLetterEvent;

    /// <summary>It was tried again and given up again, that often by now.</summary>
    [EventName("dead-letter-failed-again.v1")]
    public sealed record FailedAgain(string Reason, int Attempts) : DeadLetterEvent;

    /// <summary>It was handled after all.</summary>
    [EventName("dead-letter-handled.v1")]
    public sealed record Handled : DeadLetterEvent;

    /// <summary>Somebody gave it up for good: it is never handled.</summary>
    [EventName("dead-letter-discarded.v1")]
    public sealed record Discarded(string Reason) : DeadLetterEvent;
}

/// <summary>What can be asked of a dead letter.</summary>
public abstract record DeadLetterCommand
{
    /// <summary>Keep it.</summary>
    public sealed record Keep(string Queue, OrderId? Order, Guid Message, string Type, long Position, string Reason) : DeadLetterCommand;

    /// <summary>Handle it again, and then what waits behind it.</summary>
    public sealed record Replay(string Reason) : DeadLetterCommand;

    /// <summary>Note that it failed again.</summary>
    public sealed record FailAgain(string Reason) : DeadLetterCommand;

    /// <summary>Note that it is handled.</summary>
    public sealed record Settle : DeadLetterCommand;

    /// <summary>Never handle it; go on with what waits behind it.</summary>
    public sealed record Discard(string Reason) : DeadLetterCommand;
}

/// <summary>Why a command to a dead letter is refused.</summary>
public static class DeadLetterRejections
{
    /// <summary>No such letter.</summary>
    public static readonly Rejection Unknown = new("dead-letter-unknown", "There is no such dead letter.", RejectionKind.NotFound);

    /// <summary>It is over.</summary>
    public static readonly Rejection Settled = new("dead-letter-settled", "The dead letter is handled or discarded already.", RejectionKind.Conflict);

    /// <summary>It is being handled.</summary>
    public static readonly Rejection Replaying = new("dead-letter-replaying", "The dead letter is being handled again: wait for what becomes of it.", RejectionKind.Conflict);

    /// <summary>Nobody can handle it.</summary>
    public static readonly Rejection Unreadable = new("dead-letter-unreadable", "The message cannot be read or was not kept, so nobody can handle it: discard it.", RejectionKind.Conflict);

    /// <summary>Not a reason.</summary>
    public static readonly Rejection ReasonInvalid = new("reason-invalid", $"A reason has 1 to {DeadLetter.ReasonLengthMax} characters, none of them a control character.");
}

/// <summary>Where a dead letter stands.</summary>
public enum DeadLetterStatus
{
    /// <summary>Not kept.</summary>
    None,

    /// <summary>Somebody has to decide.</summary>
    Open,

    /// <summary>It is to be handled again, or is being so.</summary>
    Replaying,

    /// <summary>It was handled after all.</summary>
    Handled,

    /// <summary>It is never handled.</summary>
    Discarded,
}

/// <summary>One message that could not be handled, and what people decided about it.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="IsReadable">Whether it names its order and what happened.</param>
/// <param name="Reason">The last failure.</param>
/// <param name="Attempts">How often it was given up.</param>
public sealed record DeadLetter(DeadLetterStatus Status, bool IsReadable, string Reason, int Attempts)
{
    /// <summary>Characters of a person's reason at most.</summary>
    public const int ReasonLengthMax = 500;

    /// <summary>Before it is kept.</summary>
    public static readonly DeadLetter None = new(DeadLetterStatus.None, IsReadable: false, string.Empty, 0);

    /// <summary>The aggregate.</summary>
    public static readonly Decider<DeadLetterCommand, DeadLetterEvent, DeadLetter> Decider = new("deadletter", None, Decide, Evolve);

    static readonly Guid Space = new("6f1f1d0e-5a0b-4d52-9f0e-0d1c5b9c7a31");

    bool IsSettled => Status is DeadLetterStatus.Handled or DeadLetterStatus.Discarded;

    /// <summary>Its id: the same message in the same queue is the same letter, wherever and however often it is given up.</summary>
    public static Guid IdOf(string queue, Guid message) => Uuid.FromName(Space, $"{queue}/{message}");

    /// <summary>Its stream.</summary>
    public static StreamName StreamOf(Guid id) => StreamName.For("deadletter", id.ToString());

    /// <summary>The letter after an event.</summary>
    public static DeadLetter Evolve(DeadLetter letter, DeadLetterEvent @event) => @event switch
    {
        DeadLetterEvent.Kept e => new(DeadLetterStatus.Open, IsReadable: e.Order is not null, e.Reason, 1),
        DeadLetterEvent.ReplayAsked => letter with { Status = DeadLetterStatus.Replaying },
        DeadLetterEvent.FailedAgain e => letter with { Status = DeadLetterStatus.Open, Reason = e.Reason, Attempts = e.Attempts },
        DeadLetterEvent.Handled => letter with { Status = DeadLetterStatus.Handled },
        DeadLetterEvent.Discarded => letter with { Status = DeadLetterStatus.Discarded },
        _ => throw new UnreachableException(),
    };

    /// <summary>What a command leads to.</summary>
    public static Decision<DeadLetterEvent> Decide(DeadLetterCommand command, DeadLetter letter) => command switch
    {
        DeadLetterCommand.Keep c when letter.Status == DeadLetterStatus.None => new DeadLetterEvent.Kept(c.Queue, c.Order, c.Message, c.Type, c.Position, c.Reason),
        DeadLetterCommand.Keep => Nothing,

        _ when letter.Status == DeadLetterStatus.None => DeadLetterRejections.Unknown,

        // A process that died after it had handled the letter comes back to say so; what is settled stays as it was.
        DeadLetterCommand.Settle or DeadLetterCommand.FailAgain when letter.IsSettled => Nothing,
        DeadLetterCommand.Settle => new DeadLetterEvent.Handled(),
        DeadLetterCommand.FailAgain c => new DeadLetterEvent.FailedAgain(c.Reason, letter.Attempts + 1),

        _ when letter.IsSettled => DeadLetterRejections.Settled,

        DeadLetterCommand.Replay or DeadLetterCommand.Discard when !FreeText.IsValid(ReasonOf(command), ReasonLengthMax) => DeadLetterRejections.ReasonInvalid,
        DeadLetterCommand.Replay when !letter.IsReadable => DeadLetterRejections.Unreadable,
        DeadLetterCommand.Replay when letter.Status == DeadLetterStatus.Replaying => Nothing,
        DeadLetterCommand.Replay c => new DeadLetterEvent.ReplayAsked(c.Reason),
        DeadLetterCommand.Discard when letter.Status == DeadLetterStatus.Replaying => DeadLetterRejections.Replaying,
        DeadLetterCommand.Discard c => new DeadLetterEvent.Discarded(c.Reason),
        _ => throw new UnreachableException(),
    };

    static string? ReasonOf(DeadLetterCommand command) => command switch
    {
        DeadLetterCommand.Replay c => c.Reason,
        DeadLetterCommand.Discard c => c.Reason,
        _ => null,
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DeadLetterEvent.Kept))]
[JsonSerializable(typeof(DeadLetterEvent.ReplayAsked))]
[JsonSerializable(typeof(DeadLetterEvent.FailedAgain))]
[JsonSerializable(typeof(DeadLetterEvent.Handled))]
[JsonSerializable(typeof(DeadLetterEvent.Discarded))]
sealed partial class DeadLettersJson : JsonSerializerContext;
