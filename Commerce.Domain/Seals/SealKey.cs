using System.Security.Cryptography;

namespace Commerce.Domain.Seals;

/// <summary>A key that seals are signed or checked with: ECDSA (FIPS 186-5) on whatever curve it has, in PEM.</summary>
public sealed class SealKey : IDisposable
{
    readonly ECDsa _key;

    SealKey(ECDsa key)
    {
        _key = key;
        Id = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];
    }

    /// <summary>Begins the hash of its public half, in hexadecimal digits: tells keys apart.</summary>
    public string Id { get; }

    /// <summary>Reads a key: a private one signs, a public one checks.</summary>
    /// <param name="pem">As <c>openssl ecparam -name prime256v1 -genkey -noout</c> or <c>openssl ec -pubout</c> write it.</param>
    /// <exception cref="SealKeyException">It is none.</exception>
    public static SealKey Read(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return new(key);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new SealKeyException("The key of the seals is no ECDSA key in PEM; openssl ecparam -name prime256v1 -genkey -noout makes one.", e);
        }
    }

    /// <summary>Signs a digest.</summary>
    /// <exception cref="SealKeyException">It is a public key.</exception>
    public string Sign(Hash256 digest)
    {
        try
        {
            return Convert.ToBase64String(_key.SignHash(Bytes(digest)));
        }
        catch (CryptographicException e)
        {
            throw new SealKeyException("The key of the seals is a public one: only a private key signs.", e);
        }
    }

    /// <summary>Whether a signature is this key's over that digest.</summary>
    public bool Verifies(Hash256 digest, string? signature)
    {
        var bytes = new byte[signature?.Length ?? 0];
        return Convert.TryFromBase64String(signature ?? string.Empty, bytes, out var length) && _key.VerifyHash(Bytes(digest), bytes.AsSpan(0, length));
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    static byte[] Bytes(Hash256 digest)
    {
        var bytes = new byte[Hash256.Size];
        digest.CopyTo(bytes);
        return bytes;
    }
}

/// <summary>A key that cannot be used; the message says why in one sentence.</summary>
public sealed class SealKeyException(string message, Exception? inner = null) : Exception(message, inner);
