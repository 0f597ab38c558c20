using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Commerce.Commands.Webhooks;

/// <summary>A secret that webhooks are signed with (Standard Webhooks, symmetric): <c>whsec_</c> and 24 to 64 random bytes in base64.</summary>
public sealed class WebhookSecret
{
    /// <summary>What such a secret begins with.</summary>
    public const string Prefix = "whsec_";

    const int BytesMin = 24;
    const int BytesMax = 64;

    /// <summary>Version of the symmetric scheme, before each signature.</summary>
    const string Version = "v1,";

    readonly byte[] _key;

    WebhookSecret(byte[] key) => _key = key;

    /// <summary>What a secret is, in one sentence.</summary>
    public static string Rule => $"A webhook secret is {Prefix} and {BytesMin} to {BytesMax} bytes in base64.";

    /// <summary>A new one, of random bytes.</summary>
    public static WebhookSecret Random() => new(RandomNumberGenerator.GetBytes(32));

    /// <summary>The one of these bytes.</summary>
    /// <exception cref="ArgumentException">They are too few or too many.</exception>
    public static WebhookSecret Of(byte[] key) => key.Length is >= BytesMin and <= BytesMax ? new(key) : throw new ArgumentException(Rule, nameof(key));

    /// <summary>The secret itself, as a receiver is given it: for nobody else, and for no log.</summary>
    public string Reveal() => Prefix + Convert.ToBase64String(_key);

    /// <summary>Reads one.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out WebhookSecret? secret)
    {
        Span<byte> key = stackalloc byte[BytesMax];
        secret = text.StartsWith(Prefix, StringComparison.Ordinal) && Convert.TryFromBase64String(text[Prefix.Length..], key, out var length) && length >= BytesMin
            ? new(key[..length].ToArray())
            : null;
        return secret is not null;
    }

    /// <summary>The signature of a message, as the header <c>webhook-signature</c> takes it.</summary>
    public string Sign(string id, string timestamp, ReadOnlySpan<byte> body) => Version + Convert.ToBase64String(Hash(id, timestamp, body));

    /// <summary>Whether one of the signatures, separated by spaces, is that of the message; takes as long for a wrong one as for the right one.</summary>
    public bool HasSigned(string id, string timestamp, ReadOnlySpan<byte> body, string signatures)
    {
        var expected = Hash(id, timestamp, body);
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var isSigned = false;
        foreach (var range in signatures.AsSpan().Split(' '))
        {
            var signature = signatures.AsSpan(range);
            isSigned |= signature.StartsWith(Version, StringComparison.Ordinal)
                && Convert.TryFromBase64Chars(signature[Version.Length..], given, out var length)
                && CryptographicOperations.FixedTimeEquals(given[..length], expected);
        }

        return isSigned;
    }

    /// <summary>Not the secret: it is for no log.</summary>
    public override string ToString() => $"{Prefix}…";

    byte[] Hash(string id, string timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return HMACSHA256.HashData(_key, signed);
    }
}
