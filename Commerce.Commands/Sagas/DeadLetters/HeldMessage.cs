using Commerce.Domain.DeadLetters;

namespace Commerce.Commands.Sagas.DeadLetters;

/// <summary>A message that is not handled now: a dead letter, or one that waits behind a dead letter of its order.</summary>
/// <param name="Queue">Whose it is.</param>
/// <param name="EventId">The message's id: that of the event in the log.</param>
/// <param name="Type">The event's name in the log.</param>
/// <param name="Fact">What it says; null: it cannot be read.</param>
sealed record HeldMessage(string Queue, Guid EventId, string Type, FactMessage? Fact)
{
    /// <summary>What stands for the name where a message cannot be read.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>The letter that it is or would become.</summary>
    public Guid Id => DeadLetter.IdOf(Queue, EventId);

    public static HeldMessage Of(string queue, Guid eventId, FactMessage fact) => new(queue, eventId, fact.Type, fact);
}

/// <summary>A fact that comes from where it was held, not from the bus.</summary>
sealed record HeldFact : FactMessage;

/// <summary>The first message that an order waits for in a queue.</summary>
/// <param name="Message">The message.</param>
/// <param name="Status">Where the letter stands; none: it is no letter, it only waited behind one.</param>
/// <param name="Letter">The letter that it is or would become.</param>
sealed record HeldHead(HeldMessage Message, DeadLetterStatus Status, Guid Letter)
{
    /// <summary>Whether it may be handled now.</summary>
    public bool IsReleased => Status is DeadLetterStatus.None or DeadLetterStatus.Replaying;
}

/// <summary>What is done with a message that has come.</summary>
enum Admission
{
    /// <summary>It is handled.</summary>
    Free,

    /// <summary>It waits, durably, behind a dead letter of its order.</summary>
    Waits,

    /// <summary>It is held or settled already: nothing is done.</summary>
    Repeat,

    /// <summary>So many wait behind the letter that it cannot be kept.</summary>
    Full,
}
