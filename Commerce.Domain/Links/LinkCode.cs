using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Commerce.Domain.Links;

/// <summary>
/// Code of a short link: 11 random characters and one that checks them, of 0-9, A-Z, a-z. There are 62^11, about 5 × 10^19 (2^65): among
/// ten million links a thousand guesses a second, each with the right check, hit one in some 160 years. Of guesses at random one in 62
/// has the right check; the others are refused without looking anywhere.
/// </summary>
/// <remarks>
/// No sum modulo 62 detects every single error and every exchange of neighbours, since 62 is even. So a character is an element of the field
/// of 64, and the weighted sum over all of them, with the powers of a generator as weights, is zero: every single wrong character and every
/// exchange of two different ones, neighbours or not, is detected. Two of the 64 have no character; a code whose check would be one of them is drawn again.
/// </remarks>
[JsonConverter(typeof(ParsableConverter<LinkCode>))]
public readonly record struct LinkCode : IParsable<LinkCode>
{
    /// <summary>Characters of a code, its check included.</summary>
    public const int Length = 12;

    const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>x^6 + x + 1, primitive over the field of two: x generates the field of 64.</summary>
    const int Polynomial = 0b100_0011;

    const int FieldSize = 64;

    static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    readonly string? _value;

    LinkCode(string value) => _value = value;

    /// <summary>The code.</summary>
    public string Value => _value ?? string.Empty;

    /// <summary>A new one, of random characters.</summary>
    public static LinkCode Random()
    {
        Span<char> code = stackalloc char[Length];
        int check;
        do
        {
            RandomNumberGenerator.GetItems(Alphabet, code[..^1]);
            check = CheckOf(code[..^1]);
        }
        while (check >= Alphabet.Length);
        code[^1] = Alphabet[check];
        return new(new string(code));
    }

    /// <inheritdoc/>
    public static LinkCode Parse(string s, IFormatProvider? provider) => TryParse(s, provider, out var code) ? code : throw new FormatException("It is no code of a link.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out LinkCode result)
    {
        var valid = s is { Length: Length } && !s.AsSpan().ContainsAnyExcept(Characters) && CheckOf(s.AsSpan(0, Length - 1)) == ValueOf(s[^1]);
        result = valid && s is not null ? new LinkCode(s) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    // Horner's scheme: the last character has the weight x, the one before it x^2; the check itself has 1.
    static int CheckOf(ReadOnlySpan<char> characters)
    {
        var sum = 0;
        foreach (var c in characters)
        {
            sum = TimesX(sum ^ ValueOf(c));
        }

        return sum;
    }

    static int TimesX(int value)
    {
        var shifted = value << 1;
        return shifted >= FieldSize ? shifted ^ Polynomial : shifted;
    }

    static int ValueOf(char c) => c switch
    {
        <= '9' => c - '0',
        <= 'Z' => c - 'A' + 10,
        _ => c - 'a' + 36,
    };
}
