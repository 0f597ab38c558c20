using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Commerce.Domain.Log;

namespace Commerce.Projections.Auditing;

/// <summary>A moment of a stream: after a revision, at a position of the log, or at a time in the world.</summary>
public readonly record struct Moment : IParsable<Moment>
{
    /// <summary>How it is written.</summary>
    public const string Rule = "revision:N, position:N, or a time like 2026-01-31T12:00:00Z or a day like 2026-01-31, which means its end";

    /// <summary>How it is written where it is one of the whole log.</summary>
    public const string RuleOfLog = "position:N, or a time like 2026-01-31T12:00:00Z or a day like 2026-01-31";

    const string RevisionWord = "revision:";
    const string PositionWord = "position:";

    long? Revision { get; init; }

    /// <summary>Place in the log, where it is one.</summary>
    public LogPosition? Position { get; private init; }

    /// <summary>Whether it means something in the whole log: a revision does only in a stream.</summary>
    public bool IsOfLog => Revision is null;

    DateTimeOffset? Time { get; init; }

    // Of a day its beginning; else the same as the time.
    DateTimeOffset? Beginning { get; init; }

    /// <summary>Whether it had happened by then. An event that does not say when it happened did when it was recorded.</summary>
    public bool Includes(RecordedEvent e) =>
        Revision is { } revision ? e.Revision <= revision
        : Position is { } position ? e.Position <= position
        : Time is not { } time || (EventMetadata.TryReadOccurredAt(e.Metadata) ?? e.RecordedAt) <= time;

    /// <summary>Whether it happened then or later, of a day since its beginning; whether it stands behind that position or revision.</summary>
    public bool IsFollowedBy(RecordedEvent e) =>
        Revision is { } revision ? e.Revision > revision
        : Position is { } position ? e.Position > position
        : Beginning is not { } beginning || (EventMetadata.TryReadOccurredAt(e.Metadata) ?? e.RecordedAt) >= beginning;

    /// <inheritdoc/>
    public static Moment Parse(string s, IFormatProvider? provider) => TryParse(s, provider, out var moment) ? moment : throw new FormatException($"'{s}' is no moment.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Moment result)
    {
        result = default;
        if (s is null)
        {
            return false;
        }

        if (s.StartsWith(RevisionWord, StringComparison.Ordinal) && long.TryParse(s.AsSpan(RevisionWord.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
        {
            result = new() { Revision = revision };
        }
        else if (s.StartsWith(PositionWord, StringComparison.Ordinal) && LogPosition.TryParse(s[PositionWord.Length..], null, out var position))
        {
            result = new() { Position = position };
        }
        else if (DateOnly.TryParseExact(s, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < DateOnly.MaxValue)
        {
            result = new() { Time = new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero).AddTicks(-1), Beginning = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero) };
        }
        else if (DateTimeOffset.TryParseExact(s, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            result = new() { Time = time, Beginning = time };
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <summary>So that it is read again as the same moment; of a day its last one.</summary>
    public override string ToString() =>
        Revision is { } revision ? string.Create(CultureInfo.InvariantCulture, $"{RevisionWord}{revision}")
        : Position is { } position ? $"{PositionWord}{position}"
        : Time is { } time ? time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)
        : "now";
}
