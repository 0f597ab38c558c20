using System.Security.Cryptography;
using System.Text;
using Commerce.Domain.Customers;
using Commerce.Domain.Log;

namespace Commerce.Commands.Customers;

/// <summary>
/// The key of one customer. From 32 random bytes come a key that encrypts (AES-256 in GCM), one that tells repeats apart (HMAC-SHA-256) and
/// an id (HKDF, RFC 5869): no use of one says anything about another.
/// </summary>
public sealed class PersonalKey
{
    /// <summary>Bytes that a key is made of.</summary>
    public const int SecretBytes = 32;

    /// <summary>What is encrypted is filled up to a multiple of this, so that its length says little about it.</summary>
    const int FillBytes = 256;

    const byte Filler = (byte)' ';

    readonly byte[] _encryption;
    readonly byte[] _repeats;
    readonly byte[] _id;

    /// <summary>The key that is made of these bytes.</summary>
    /// <exception cref="ArgumentException">They are not <see cref="SecretBytes"/>.</exception>
    public PersonalKey(byte[] secret)
    {
        if (secret.Length != SecretBytes)
        {
            throw new ArgumentException($"A key is made of {SecretBytes} bytes.", nameof(secret));
        }

        _encryption = Derived(secret, SecretBytes, "commerce personal data: aes-256-gcm");
        _repeats = Derived(secret, SecretBytes, "commerce personal data: fingerprint");
        _id = Derived(secret, PersonalData.KeyIdBytes, "commerce personal data: key id");
    }

    /// <summary>Encrypts JSON.</summary>
    /// <param name="json">What is personal, as JSON (UTF-8).</param>
    /// <param name="place">Where it will stand: it can be read there only.</param>
    public PersonalData Encrypt(ReadOnlySpan<byte> json, PersonalPlace place)
    {
        // Spaces after a value are no part of it in JSON.
        var clear = new byte[(json.Length + FillBytes - 1) / FillBytes * FillBytes];
        clear.AsSpan().Fill(Filler);
        json.CopyTo(clear);

        var bytes = new byte[PersonalData.OverheadBytes + clear.Length];
        bytes[0] = PersonalData.Version;
        _id.CopyTo(bytes, 1);
        var parts = new Parts(bytes);
        RandomNumberGenerator.Fill(parts.Nonce);
        using var gcm = new AesGcm(_encryption, PersonalData.TagBytes);
        gcm.Encrypt(parts.Nonce, clear, parts.Encrypted, parts.Tag, AssociatedData(parts.Head, place));
        CryptographicOperations.ZeroMemory(clear);
        return PersonalData.Of(bytes);
    }

    /// <summary>Reads what <see cref="Encrypt"/> wrote, with the spaces after it.</summary>
    /// <exception cref="PersonalDataUnreadableException">It was written with another key or for another place, or was changed since.</exception>
    public byte[] Decrypt(PersonalData data, PersonalPlace place)
    {
        var parts = new Parts(data.ToBytes());
        var clear = new byte[parts.Encrypted.Length];
        using var gcm = new AesGcm(_encryption, PersonalData.TagBytes);
        try
        {
            gcm.Decrypt(parts.Nonce, parts.Encrypted, parts.Tag, clear, AssociatedData(parts.Head, place));
            return clear;
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new PersonalDataUnreadableException($"What {place.Stream} holds in {place.EventName} is not what was written there with this key.", e);
        }
    }

    /// <summary>Tells a repeat from another command: the same for the same content, and nothing that anybody without the key could guess at.</summary>
    public string Fingerprint(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(HMACSHA256.HashData(_repeats, content));

    static byte[] Derived(byte[] secret, int length, string use) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, length, info: Encoding.ASCII.GetBytes(use));

    static byte[] AssociatedData(ReadOnlySpan<byte> head, PersonalPlace place) =>
        [.. head, .. Encoding.UTF8.GetBytes($"{place.Stream}\n{place.EventName}")];

    /// <summary>The bytes of personal data by what they are.</summary>
    readonly ref struct Parts(Span<byte> bytes)
    {
        const int HeadBytes = 1 + PersonalData.KeyIdBytes;

        public readonly Span<byte> Head = bytes[..HeadBytes];
        public readonly Span<byte> Nonce = bytes.Slice(HeadBytes, PersonalData.NonceBytes);
        public readonly Span<byte> Encrypted = bytes[(HeadBytes + PersonalData.NonceBytes)..^PersonalData.TagBytes];
        public readonly Span<byte> Tag = bytes[^PersonalData.TagBytes..];
    }
}

/// <summary>Where in the log personal data stands. It is bound to it, so that nobody can give it to another customer or pass it off as something else.</summary>
/// <param name="Stream">Stream of the customer.</param>
/// <param name="EventName">Name of the event that holds it.</param>
public readonly record struct PersonalPlace(StreamName Stream, string EventName);

/// <summary>What is stored cannot be read with the key that is there: it was changed, or the key is not the one.</summary>
public sealed class PersonalDataUnreadableException(string message, Exception? inner = null) : Exception(message, inner);
