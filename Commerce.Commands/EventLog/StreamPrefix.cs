using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Commerce.Commands.EventLog;

/// <summary>
/// What stands before every stream name of one installation in a log that it shares: 1 to 39 ASCII letters, digits or
/// underscores, then a dot, colon or slash (<c>shop1.</c>).
/// </summary>
/// <remarks>The one separator, at the end, makes that no prefix begins with another and no name without one begins with any: whoever filters by a prefix never meets the streams of another.</remarks>
public readonly partial record struct StreamPrefix : IParsable<StreamPrefix>
{
    /// <summary>Characters of the longest: leaves 160 for the name, of which our own streams use 107 at most (a credit note's).</summary>
    public const int LengthMax = 40;

    /// <summary>What a prefix is, as a sentence for whoever named another thing.</summary>
    public static readonly string Rule = $"A stream prefix is 1 to {LengthMax - 1} letters, digits or underscores, then a dot, colon or slash, for example shop1.";

    StreamPrefix(string value) => Value = value;

    /// <summary>The text, with its separator.</summary>
    public string Value { get; }

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">Not one; the message says what is.</exception>
    public static StreamPrefix Of(string text) => Parse(text, null);

    /// <inheritdoc/>
    public static StreamPrefix Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var value) ? value : throw new FormatException(Rule);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out StreamPrefix result)
    {
        var valid = s is { Length: <= LengthMax } && Pattern().IsMatch(s);
        result = valid && s is not null ? new StreamPrefix(s) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex(@"\A[A-Za-z0-9_]+[.:/]\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
