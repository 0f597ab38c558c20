using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Commerce.Domain.DeadLetters;

namespace Commerce.Commands.Sagas.DeadLetters;

/// <summary>A dead letter as operators see it.</summary>
/// <param name="Id">Its id; the log tells its story in <c>deadletter-{id}</c>.</param>
/// <param name="Queue">Whose it was.</param>
/// <param name="Order">Its order; null: the message cannot be read.</param>
/// <param name="EventId">The event in the log that it carries.</param>
/// <param name="Type">That event's name.</param>
/// <param name="Position">That event's place in the log; 0: the message cannot be read.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Reason">The last failure, one line.</param>
/// <param name="Attempts">How often it was given up, each time after every retry.</param>
/// <param name="Since">When it was given up first.</param>
/// <param name="ChangedAt">When it last changed.</param>
/// <param name="Behind">Messages of its order that wait behind it.</param>
/// <param name="IsReadable">Whether its message is kept and can be read; else nobody can handle it again.</param>
public sealed record KeptLetter(
    Guid Id, string Queue, Guid? Order, Guid EventId, string Type, long Position, DeadLetterStatus Status, string Reason, int Attempts, DateTimeOffset Since, DateTimeOffset ChangedAt, int Behind, bool IsReadable)
{
    /// <summary>Whether nobody has to decide any more.</summary>
    public bool IsSettled => Status is DeadLetterStatus.Handled or DeadLetterStatus.Discarded;
}

/// <summary>A place in the list of letters: those that are not settled first, then the oldest first.</summary>
/// <param name="IsSettled">Of the last letter shown.</param>
/// <param name="Since">Of the last letter shown.</param>
/// <param name="Id">Of the last letter shown.</param>
public sealed record LetterCursor(bool IsSettled, DateTimeOffset Since, Guid Id)
{
    /// <summary>The place after this letter.</summary>
    public static LetterCursor After(KeptLetter letter) => new(letter.IsSettled, letter.Since, letter.Id);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsSettled ? 1 : 0)}.{Since.UtcTicks}.{Id:N}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out LetterCursor? cursor)
    {
        cursor = text?.Split('.') is ["0" or "1", var since, var id] parts
            && long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.UtcTicks
            && Guid.TryParseExact(id, "N", out var letter)
            ? new(parts[0] == "1", new(ticks, TimeSpan.Zero), letter)
            : null;
        return cursor is not null;
    }
}

/// <summary>How many messages are held in all queues.</summary>
/// <param name="Open">Letters that are not settled.</param>
/// <param name="Waiting">Messages that wait behind them.</param>
/// <param name="Since">When the oldest such letter was given up; null: there is none.</param>
public sealed record HeldFigures(long Open, long Waiting, DateTimeOffset? Since)
{
    /// <summary>Nothing is held.</summary>
    public static readonly HeldFigures None = new(0, 0, null);
}
