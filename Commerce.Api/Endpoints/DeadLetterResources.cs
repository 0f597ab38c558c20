using System.Collections.Immutable;
using System.Globalization;
using Commerce.Commands.Sagas.DeadLetters;

namespace Commerce.Api.Endpoints;

/// <summary>A message that could not be handled.</summary>
/// <param name="Id">Its id; the log tells its story in the stream <c>deadletter-{id}</c>.</param>
/// <param name="State"><c>open</c>, <c>replaying</c>, <c>handled</c> or <c>discarded</c>.</param>
/// <param name="Queue">Whose it was.</param>
/// <param name="OrderId">Its order; missing where the message cannot be read.</param>
/// <param name="EventId">The event that it carries.</param>
/// <param name="EventType">That event's name.</param>
/// <param name="Position">That event's place in the log.</param>
/// <param name="Reason">The last failure.</param>
/// <param name="Attempts">How often it was given up, each time after every retry.</param>
/// <param name="Since">When it was given up first.</param>
/// <param name="ChangedAt">When it last changed.</param>
/// <param name="Waiting">Later messages of its order that wait behind it.</param>
sealed record DeadLetterResource(
    Guid Id, string State, string Queue, Guid? OrderId, Guid EventId, string EventType, string Position, string Reason, int Attempts, DateTimeOffset Since, DateTimeOffset ChangedAt, int Waiting)
{
    /// <summary>As it is kept.</summary>
    public static DeadLetterResource Of(KeptLetter letter) => new(
        letter.Id, Words.Of(letter.Status), letter.Queue, letter.Order, letter.EventId, letter.Type, letter.Position.ToString(CultureInfo.InvariantCulture),
        letter.Reason, letter.Attempts, letter.Since.ToUniversalTime(), letter.ChangedAt.ToUniversalTime(), letter.Behind);
}

/// <summary>A page of dead letters, those that are not settled first, then the oldest first.</summary>
/// <param name="Items">The letters.</param>
/// <param name="Next">Cursor of the next page; missing on the last.</param>
sealed record DeadLetterPage(ImmutableArray<DeadLetterResource> Items, string? Next = null);

/// <summary>Has a dead letter handled again.</summary>
/// <param name="Reason">Why.</param>
sealed record ReplayDeadLetter(string Reason);

/// <summary>Gives a dead letter up for good.</summary>
/// <param name="Reason">Why.</param>
sealed record DiscardDeadLetter(string Reason);

/// <summary>A decision about a dead letter is recorded.</summary>
/// <param name="Id">The letter.</param>
/// <param name="Position">Place in the log.</param>
sealed record DeadLetterDecided(Guid Id, string Position);
