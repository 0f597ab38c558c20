using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Commerce.Domain;

/// <summary>Id of a flash sale.</summary>
[JsonConverter(typeof(ParsableConverter<FlashSaleId>))]
public readonly record struct FlashSaleId(Guid Value) : IParsable<FlashSaleId>
{
    /// <inheritdoc/>
    public static FlashSaleId Parse(string s, IFormatProvider? provider) => new(Guid.ParseExact(s, "D"));

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out FlashSaleId result)
    {
        var valid = Guid.TryParseExact(s, "D", out var value);
        result = new FlashSaleId(value);
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("D");
}
