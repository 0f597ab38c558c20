using System.Collections.Immutable;
using System.Net.Mail;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.Domain.Customers;

/// <summary>Who a customer is, in clear. It is encrypted before anything is decided; it is not stored, and does not print itself.</summary>
/// <param name="Name">What they are called, 1 to <see cref="NameLengthMax"/> characters.</param>
/// <param name="Email">One bare e-mail address.</param>
/// <param name="Phone">Digits, spaces and <c>+()-./</c>; null: none is known.</param>
/// <param name="Address">Where they live; null: it is not known.</param>
public sealed record PersonalDetails(string Name, string Email, string? Phone = null, PostalAddress? Address = null)
{
    /// <summary>Characters of a name at most.</summary>
    public const int NameLengthMax = 200;

    /// <summary>Characters of an e-mail address at most: what SMTP can carry (RFC 5321, 4.5.3.1.3).</summary>
    public const int EmailLengthMax = 254;

    /// <summary>Characters of a phone number at most: fifteen digits (E.164), as people space them.</summary>
    public const int PhoneLengthMax = 32;

    /// <summary>Why they are refused, without a word of them; null: they can be kept.</summary>
    public Rejection? Refused() => new PersonalContact(Name, Email, Phone).Refused() ?? Address?.Refused();

    /// <inheritdoc/>
    public override string ToString() => nameof(PersonalDetails);
}

/// <summary>What a customer is called, and how they are reached, in clear.</summary>
/// <param name="Name">What they are called, 1 to 200 characters.</param>
/// <param name="Email">One bare e-mail address, at most 254 characters.</param>
/// <param name="Phone">Digits, spaces and +()-./, at most 32 characters; null: none is known.</param>
public sealed record PersonalContact(string Name, string Email, string? Phone = null)
{
    /// <summary>Why it is refused, without a word of it; null: it can be kept.</summary>
    public Rejection? Refused() =>
        !FreeText.IsValid(Name, PersonalDetails.NameLengthMax) ? CustomerRejections.NameInvalid
        : !IsEmail(Email) ? CustomerRejections.EmailInvalid
        : Phone is not null && !IsPhone(Phone) ? CustomerRejections.PhoneInvalid
        : null;

    /// <summary>Nothing of it: it stands in clear here, and nobody is to print it by accident.</summary>
    public override string ToString() => nameof(PersonalContact);

    // Bare: "Ann <ann@example.com>" is an address to the library as well.
    static bool IsEmail(string text) =>
        FreeText.IsValid(text, PersonalDetails.EmailLengthMax) && MailAddress.TryCreate(text, out var address) && address.Address == text && address.Host.Trim('.') == address.Host && address.Host.Contains('.', StringComparison.Ordinal);

    static bool IsPhone(string text) =>
        text.Length <= PersonalDetails.PhoneLengthMax && text.Any(char.IsAsciiDigit) && text.All(c => char.IsAsciiDigit(c) || "+()-./ ".Contains(c, StringComparison.Ordinal));
}

/// <summary>Where a customer lives.</summary>
/// <param name="Lines">Street, house, flat: 1 to 5 lines of 1 to 100 characters.</param>
/// <param name="City">The place, 1 to 100 characters.</param>
/// <param name="Country">As orders name it, 1 to 64 characters.</param>
/// <param name="PostalCode">Up to 20 characters; null where there is none.</param>
public sealed record PostalAddress(ImmutableArray<string> Lines, string City, string Country, string? PostalCode = null)
{
    /// <summary>Lines at most.</summary>
    public const int LinesMax = 5;

    /// <summary>Characters of a line, or of a city, at most.</summary>
    public const int LineLengthMax = 100;

    /// <summary>Characters of a postal code at most.</summary>
    public const int PostalCodeLengthMax = 20;

    /// <summary>Why it is refused, without a word of it; null: it can be kept.</summary>
    public Rejection? Refused() =>
        !Lines.IsDefaultOrEmpty && Lines.Length <= LinesMax && Lines.All(line => FreeText.IsValid(line, LineLengthMax))
        && FreeText.IsValid(City, LineLengthMax)
        && FreeText.IsValid(Country, TradeLimits.CountryLengthMax)
        && FreeText.IsNullOrValid(PostalCode, PostalCodeLengthMax)
            ? null
            : CustomerRejections.AddressInvalid;

    /// <summary>Nothing of it: it stands in clear here, and nobody is to print it by accident.</summary>
    public override string ToString() => nameof(PostalAddress);
}

/// <summary>Their JSON: what is encrypted, as bytes.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PersonalDetails))]
[JsonSerializable(typeof(PostalAddress))]
[JsonSerializable(typeof(PersonalContact))]
public sealed partial class PersonalJson : JsonSerializerContext;
