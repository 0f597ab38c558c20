using System.Security.Cryptography;
using System.Text;

namespace Commerce.Domain;

/// <summary>UUIDs that follow from their content (version 5, RFC 9562, section 5.5).</summary>
public static class Uuid
{
    const int IdBytes = 16;

    /// <summary>Bytes of what is hashed without an allocation: every name of ours.</summary>
    const int StackBytesMax = 512;

    /// <summary>The UUID of a name within a namespace: the same for the same input, everywhere.</summary>
    public static Guid FromName(Guid space, string name)
    {
        var length = IdBytes + Encoding.UTF8.GetByteCount(name);
        var input = length <= StackBytesMax ? stackalloc byte[StackBytesMax] : new byte[length];
        space.TryWriteBytes(input, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, input[IdBytes..]);

        // RFC 9562 prescribes SHA-1 here; it is a name, not a secret.
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350
        SHA1.HashData(input[..length], hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..IdBytes], bigEndian: true);
    }
}
