using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Commerce.Domain;

/// <summary>A customer as the client names them; nothing personal. 1 to 64 ASCII letters, digits, dots, dashes and underscores.</summary>
[JsonConverter(typeof(ParsableConverter<CustomerId>))]
public readonly record struct CustomerId : IParsable<CustomerId>
{
    /// <summary>Characters at most.</summary>
    public const int LengthMax = 64;

    CustomerId(string value) => Value = value;

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">Not one.</exception>
    public static CustomerId Of(string text) => Parse(text, null);

    /// <inheritdoc/>
    public static CustomerId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var value) ? value : throw new FormatException($"'{s}' is not a valid CustomerId.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out CustomerId result)
    {
        var valid = s is { Length: > 0 and <= LengthMax } && s.All(c => char.IsAsciiLetterOrDigit(c) || "._-".Contains(c, StringComparison.Ordinal));
        result = valid && s is not null ? new CustomerId(s) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
