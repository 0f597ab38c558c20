using Commerce.Api.Http;
using Commerce.Domain;
using Google.Protobuf.WellKnownTypes;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Mapping;

/// <summary>Reads fields of messages; one that is not what it may be is refused by name. An empty text is none.</summary>
static class Fields
{
    /// <summary>What a SKU, a customer's id or a location looks like.</summary>
    public const string NameRule = "1 to 64 letters, digits, dots, dashes and underscores";

    /// <summary>What an id looks like.</summary>
    public const string IdRule = "a UUID as an answer gave it";

    /// <summary>A value that is a text with rules of its own.</summary>
    /// <exception cref="RefusedRequestException">It is none.</exception>
    public static T Required<T>(string name, string text, string rule)
        where T : struct, IParsable<T> =>
        T.TryParse(text, null, out var value) ? value : throw Query.Refused(name, $"{name} is {rule}.");

    /// <summary>The same where it may be missing.</summary>
    /// <exception cref="RefusedRequestException">It is none.</exception>
    public static T? Optional<T>(string name, string text, string rule)
        where T : struct, IParsable<T> =>
        text.Length == 0 ? null : Required<T>(name, text, rule);

    /// <summary>A SKU.</summary>
    /// <exception cref="RefusedRequestException">It is none.</exception>
    public static Sku Sku(string text) => Required<Sku>("sku", text, NameRule);

    /// <summary>A currency.</summary>
    /// <exception cref="RefusedRequestException">It is none.</exception>
    public static Currency Currency(string name, string text) => Required<Currency>(name, text, "a currency of ISO 4217");

    /// <summary>A text that may be missing.</summary>
    public static string? Text(string text) => text.Length == 0 ? null : text;

    /// <summary>An amount.</summary>
    /// <exception cref="RefusedRequestException">It is none.</exception>
    public static Money Money(string name, Wire.Money? money)
    {
        if (money is null || !Domain.Money.TryParseAmount(money.Amount, out var amount))
        {
            throw Query.Refused(name, $"{name} has an amount, a decimal number that can be kept exactly, and a currency.");
        }

        return new(amount, Currency(name, money.Currency));
    }

    /// <summary>A time.</summary>
    /// <exception cref="RefusedRequestException">It is missing or none.</exception>
    public static DateTimeOffset Time(string name, Timestamp? time) => OptionalTime(name, time) ?? throw Query.Refused(name, $"{name} is missing.");

    /// <summary>A time that may be missing.</summary>
    /// <exception cref="RefusedRequestException">It is none.</exception>
    public static DateTimeOffset? OptionalTime(string name, Timestamp? time)
    {
        try
        {
            return time?.ToDateTimeOffset();
        }
        catch (InvalidOperationException)
        {
            throw Query.Refused(name, $"{name} is a time from the year 1 to 9999.");
        }
    }

    /// <summary>A whole number; 0 is none.</summary>
    /// <exception cref="RefusedRequestException">It is outside its bounds.</exception>
    public static long Whole(string name, long value, long whenMissing, long min, long max) =>
        value == 0 ? whenMissing
        : value >= min && value <= max ? value
        : throw Query.Refused(name, FormattableString.Invariant($"{name} is a whole number from {min} to {max}."));
}
