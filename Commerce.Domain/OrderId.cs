using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Commerce.Domain;

/// <summary>Id of an order.</summary>
[JsonConverter(typeof(ParsableConverter<OrderId>))]
public readonly record struct OrderId(Guid Value) : IParsable<OrderId>
{
    /// <inheritdoc/>
    public static OrderId Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <summary>Parses a part of a longer text.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static OrderId Parse(ReadOnlySpan<char> s) => new(Guid.ParseExact(s, "D"));

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out OrderId result)
    {
        var valid = Guid.TryParseExact(s, "D", out var value);
        result = new OrderId(value);
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("D");
}
