using System.Security.Cryptography;
using System.Text;
using Commerce.Domain;
using Commerce.Domain.Customers;

namespace Commerce.Commands.Customers;

/// <summary>A customer's key as it is stored: encrypted with a master key.</summary>
/// <param name="MasterKey">Id of that master key.</param>
/// <param name="Bytes">Nonce, what is encrypted, tag.</param>
public sealed record WrappedKey(string MasterKey, byte[] Bytes);

/// <summary>
/// What customers' keys are encrypted with before they are stored (AES-256 in GCM): the current one for what is stored from now on, and
/// those before it for what was stored with them.
/// </summary>
public sealed class MasterKeys
{
    /// <summary>Bytes of a master key.</summary>
    public const int KeyBytes = 32;

    /// <summary>Master keys at most: the current one and those of the changes that are not carried through yet.</summary>
    public const int CountMax = 16;

    readonly Dictionary<string, byte[]> _byId;

    /// <summary>These keys.</summary>
    /// <exception cref="ArgumentException">One of them has not <see cref="KeyBytes"/> bytes, or they are more than <see cref="CountMax"/>.</exception>
    public MasterKeys(byte[] current, params IReadOnlyList<byte[]> old)
    {
        if (old.Count >= CountMax || old.Append(current).Any(key => key.Length != KeyBytes))
        {
            throw new ArgumentException($"A master key has {KeyBytes} bytes, and there are at most {CountMax}.");
        }

        CurrentId = IdOf(current);
        _byId = old.Append(current).DistinctBy(IdOf).ToDictionary(IdOf, StringComparer.Ordinal);
    }

    /// <summary>Id of the key that is used from now on.</summary>
    public string CurrentId { get; }

    /// <summary>Encrypts a customer's key for storing.</summary>
    /// <param name="customer">Whose: nobody else's place can hold it.</param>
    /// <param name="secret">The key.</param>
    public WrappedKey Wrap(CustomerId customer, ReadOnlySpan<byte> secret) => Wrap(PlaceOf(customer), secret);

    /// <summary>Encrypts a secret for storing.</summary>
    /// <param name="place">Whose and what for: no other place can hold it.</param>
    /// <param name="secret">The secret, of <see cref="PersonalKey.SecretBytes"/> bytes.</param>
    public WrappedKey Wrap(string place, ReadOnlySpan<byte> secret)
    {
        var bytes = new byte[PersonalData.NonceBytes + secret.Length + PersonalData.TagBytes];
        var span = bytes.AsSpan();
        RandomNumberGenerator.Fill(span[..PersonalData.NonceBytes]);
        using var gcm = new AesGcm(_byId[CurrentId], PersonalData.TagBytes);
        gcm.Encrypt(span[..PersonalData.NonceBytes], secret, span[PersonalData.NonceBytes..^PersonalData.TagBytes], span[^PersonalData.TagBytes..], Encoding.UTF8.GetBytes(place));
        return new(CurrentId, bytes);
    }

    /// <summary>Reads what <see cref="Wrap(CustomerId, ReadOnlySpan{byte})"/> stored.</summary>
    /// <exception cref="PersonalKeysUnavailableException">It was stored with a master key that is not here.</exception>
    /// <exception cref="PersonalDataUnreadableException">It is not what was stored.</exception>
    public byte[] Unwrap(CustomerId customer, WrappedKey wrapped) => Unwrap(PlaceOf(customer), wrapped);

    /// <summary>Reads what <see cref="Wrap(string, ReadOnlySpan{byte})"/> stored.</summary>
    /// <exception cref="PersonalKeysUnavailableException">It was stored with a master key that is not here.</exception>
    /// <exception cref="PersonalDataUnreadableException">It is not what was stored.</exception>
    public byte[] Unwrap(string place, WrappedKey wrapped)
    {
        if (!_byId.TryGetValue(wrapped.MasterKey, out var key))
        {
            throw new PersonalKeysUnavailableException($"The {place} is stored with the master key {wrapped.MasterKey}, which is not configured.");
        }

        var secret = new byte[PersonalKey.SecretBytes];
        using var gcm = new AesGcm(key, PersonalData.TagBytes);
        try
        {
            gcm.Decrypt(wrapped.Bytes.AsSpan(0, PersonalData.NonceBytes), wrapped.Bytes.AsSpan(PersonalData.NonceBytes, PersonalKey.SecretBytes), wrapped.Bytes.AsSpan(PersonalData.NonceBytes + PersonalKey.SecretBytes), secret, Encoding.UTF8.GetBytes(place));
            return secret;
        }
        catch (Exception e) when (e is AuthenticationTagMismatchException or ArgumentException)
        {
            throw new PersonalDataUnreadableException($"The {place} is not what was stored.", e);
        }
    }

    // Says nothing about the key, and is the same wherever it is.
    static string IdOf(byte[] key) => Convert.ToHexStringLower(HKDF.DeriveKey(HashAlgorithmName.SHA256, key, PersonalData.KeyIdBytes, info: "commerce master key: id"u8.ToArray()));

    static string PlaceOf(CustomerId customer) => $"commerce personal key of {customer}";
}
