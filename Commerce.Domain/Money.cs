using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.Domain;

/// <summary>An exact amount in one currency. Unit prices have up to four decimals, charges those of the currency.</summary>
/// <param name="Amount">May be zero or negative.</param>
/// <param name="Currency">Its currency.</param>
[JsonConverter(typeof(MoneyConverter))]
public readonly record struct Money(decimal Amount, Currency Currency)
{
    /// <summary>Decimals of a unit price at most.</summary>
    public const int UnitPriceDecimalsMax = 4;

    const NumberStyles AmountStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    /// <summary>Amounts beyond this are mistakes: sums of them still fit a decimal with room to spare.</summary>
    public const decimal AmountMax = 1_000_000_000_000m;

    /// <summary>Nothing, in a currency, written with its decimals (<c>0.00</c>): so are the sums that begin with it.</summary>
    public static Money Zero(Currency currency) => new(new decimal(0, 0, 0, isNegative: false, (byte)currency.Decimals), currency);

    /// <summary>Whether it could be a unit price: zero or more, not beyond <see cref="AmountMax"/>, at most four decimals.</summary>
    public bool IsUnitPrice => Amount is >= 0 and <= AmountMax && decimal.Round(Amount, UnitPriceDecimalsMax) == Amount;

    /// <summary>Reads an amount: a decimal number that can be kept exactly.</summary>
    public static bool TryParseAmount(string text, out decimal amount) => decimal.TryParse(text, AmountStyle, CultureInfo.InvariantCulture, out amount) && amount.Scale == DecimalsIn(text);

    /// <summary>
    /// What so many units cost, rounded to the currency's minor unit, halves away from zero, as invoices do.
    /// The one place where money is rounded.
    /// </summary>
    public Money Charge(long quantity) =>
        this with { Amount = decimal.Round(Amount * quantity, Currency.Decimals, MidpointRounding.AwayFromZero) };

    /// <summary>
    /// What <paramref name="quantity"/> further units cost after <paramref name="before"/> were charged:
    /// the parts of a line add up to <see cref="Charge"/> of the whole, however it is split.
    /// </summary>
    public Money ChargePart(long before, long quantity) => Charge(before + quantity) - Charge(before);

    /// <summary>Sum.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ: deciders refuse that before.</exception>
    public static Money operator +(Money left, Money right) => new(left.Amount + right.In(left.Currency), left.Currency);

    /// <summary>Difference.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ: deciders refuse that before.</exception>
    public static Money operator -(Money left, Money right) => new(left.Amount - right.In(left.Currency), left.Currency);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Amount} {Currency}");

    // The parser rounds what it cannot keep; money is never changed in silence.
    static int DecimalsIn(string text) => text.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point ? text.Length - point - 1 : 0;

    decimal In(Currency currency) => Currency == currency
        ? Amount
        : throw new InvalidOperationException($"{Currency} and {currency} do not add up.");
}

/// <summary>Money in JSON: <c>{"amount":"12.50","currency":"GBP"}</c>; the amount is a text, so that no reader makes a float of it.</summary>
public sealed class MoneyConverter : JsonConverter<Money>
{
    /// <inheritdoc/>
    public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("Money is an object with amount and currency.");
        }

        decimal? amount = null;
        Currency? currency = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isAmount = reader.ValueTextEquals("amount"u8);
            var isCurrency = reader.ValueTextEquals("currency"u8);
            reader.Read();
            var text = (isAmount || isCurrency) && reader.TokenType == JsonTokenType.String
                ? reader.GetString() ?? string.Empty
                : throw new JsonException("Money has an amount and a currency, both texts.");
            if (isAmount)
            {
                amount = Money.TryParseAmount(text, out var value)
                    ? value
                    : throw new JsonException("The amount is not a decimal number that can be kept exactly.");
            }
            else
            {
                currency = Currency.TryParse(text, null, out var value) ? value : throw new JsonException("The currency is not one of ISO 4217.");
            }
        }

        return amount is { } a && currency is { } c ? new Money(a, c) : throw new JsonException("Money has an amount and a currency.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("amount"u8, value.Amount.ToString(CultureInfo.InvariantCulture));
        writer.WriteString("currency"u8, value.Currency.Code);
        writer.WriteEndObject();
    }
}
