using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Commerce.Domain;

/// <summary>A currency of ISO 4217 with the decimals of its minor unit.</summary>
[JsonConverter(typeof(ParsableConverter<Currency>))]
public readonly record struct Currency : IParsable<Currency>
{
    // ISO 4217 list one (active codes for payments; funds and metals left out). Most have two decimals.
    const string TwoDecimals =
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK "
        + "DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD "
        + "KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
        + "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH "
        + "USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";

    const string NoDecimals = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
    const string ThreeDecimals = "BHD IQD JOD KWD LYD OMR TND";

    static readonly FrozenDictionary<string, int> DecimalsByCode =
        Codes(TwoDecimals, 2).Concat(Codes(NoDecimals, 0)).Concat(Codes(ThreeDecimals, 3)).ToFrozenDictionary(StringComparer.Ordinal);

    Currency(string code) => Code = code;

    /// <summary>Three capital letters.</summary>
    public string Code { get; }

    /// <summary>Decimals of the minor unit: 0, 2 or 3.</summary>
    public int Decimals => DecimalsByCode[Code];

    /// <summary>Reads a code.</summary>
    /// <exception cref="FormatException">Not a currency of ISO 4217.</exception>
    public static Currency Of(string code) => Parse(code, null);

    /// <inheritdoc/>
    public static Currency Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var value) ? value : throw new FormatException($"'{s}' is not a currency of ISO 4217.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Currency result)
    {
        var valid = s is not null && DecimalsByCode.ContainsKey(s);
        result = valid && s is not null ? new Currency(s) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Code;

    static IEnumerable<KeyValuePair<string, int>> Codes(string codes, int decimals) =>
        codes.Split(' ').Select(c => KeyValuePair.Create(c, decimals));
}
