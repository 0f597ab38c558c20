using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Commerce.Domain.Log;

/// <summary>
/// Place of an event in the whole log. Positions grow in the order in which events become visible, with gaps;
/// they compare within one log only, and an engine answers only for those that it gave: between two there may be none.
/// </summary>
/// <param name="Value">0 (before the first event) or more.</param>
public readonly record struct LogPosition(long Value) : IComparable<LogPosition>, IParsable<LogPosition>
{
    /// <summary>Before the first event.</summary>
    public static readonly LogPosition Start;

    /// <inheritdoc/>
    public int CompareTo(LogPosition other) => Value.CompareTo(other.Value);

    /// <summary>Whether the left one lies before the right one.</summary>
    public static bool operator <(LogPosition left, LogPosition right) => left.Value < right.Value;

    /// <summary>Whether the left one lies after the right one.</summary>
    public static bool operator >(LogPosition left, LogPosition right) => left.Value > right.Value;

    /// <summary>Whether the left one lies before the right one or is the same.</summary>
    public static bool operator <=(LogPosition left, LogPosition right) => left.Value <= right.Value;

    /// <summary>Whether the left one lies after the right one or is the same.</summary>
    public static bool operator >=(LogPosition left, LogPosition right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public static LogPosition Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var position) ? position : throw new FormatException($"'{s}' is not a log position.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out LogPosition result)
    {
        var valid = long.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        result = new LogPosition(value);
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
