using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Commerce.Domain;

/// <summary>Id of a payment.</summary>
[JsonConverter(typeof(ParsableConverter<PaymentId>))]
public readonly record struct PaymentId(Guid Value) : IParsable<PaymentId>
{
    /// <inheritdoc/>
    public static PaymentId Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <summary>Parses a part of a longer text.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static PaymentId Parse(ReadOnlySpan<char> s) => new(Guid.ParseExact(s, "D"));

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PaymentId result)
    {
        var valid = Guid.TryParseExact(s, "D", out var value);
        result = new PaymentId(value);
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("D");

    static readonly Guid Space = new("6f0f7a3e-52c1-4b39-9f52-0d1c7f0f6a11");

    /// <summary>The one payment of an order.</summary>
    public static PaymentId For(OrderId order) => new(Uuid.FromName(Space, order.ToString()));
}
