using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Commerce.Domain;

/// <summary>Stock keeping unit: what is sold. 1 to 64 ASCII letters, digits, dots, dashes and underscores.</summary>
[JsonConverter(typeof(ParsableConverter<Sku>))]
public readonly record struct Sku : IParsable<Sku>
{
    /// <summary>Characters at most.</summary>
    public const int LengthMax = 64;

    Sku(string value) => Value = value;

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">Not one.</exception>
    public static Sku Of(string text) => Parse(text, null);

    /// <inheritdoc/>
    public static Sku Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var value) ? value : throw new FormatException($"'{s}' is not a valid Sku.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Sku result)
    {
        var valid = s is { Length: > 0 and <= LengthMax } && s.All(c => char.IsAsciiLetterOrDigit(c) || "._-".Contains(c, StringComparison.Ordinal));
        result = valid && s is not null ? new Sku(s) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
