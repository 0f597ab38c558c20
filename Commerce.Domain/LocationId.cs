using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Commerce.Domain;

/// <summary>Where stock lies. 1 to 32 ASCII letters, digits, dots, dashes and underscores.</summary>
[JsonConverter(typeof(ParsableConverter<LocationId>))]
public readonly record struct LocationId : IParsable<LocationId>
{
    /// <summary>Characters at most.</summary>
    public const int LengthMax = 32;

    LocationId(string value) => Value = value;

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">Not one.</exception>
    public static LocationId Of(string text) => Parse(text, null);

    /// <inheritdoc/>
    public static LocationId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var value) ? value : throw new FormatException($"'{s}' is not a valid LocationId.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out LocationId result)
    {
        var valid = s is { Length: > 0 and <= LengthMax } && s.All(c => char.IsAsciiLetterOrDigit(c) || "._-".Contains(c, StringComparison.Ordinal));
        result = valid && s is not null ? new LocationId(s) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
