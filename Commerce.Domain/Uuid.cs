using System.Security.Cryptography;
using System.Text;

namespace Commerce.Domain;

/// <summary>UUIDs that follow from their content (version 5, RFC 9562, section 5.5).</summary>
public static class Uuid
{
    /// <summary>The UUID of a name within a namespace: the same for the same input, everywhere.</summary>
    public static Guid FromName(Guid space, string name)
    {
        var text = Encoding.UTF8.GetBytes(name);
        var input = new byte[16 + text.Length];
        space.TryWriteBytes(input, bigEndian: true, out _);
        text.CopyTo(input, 16);

        // RFC 9562 prescribes SHA-1 here; it is a name, not a secret.
#pragma warning disable CA5350
        Span<byte> hash = SHA1.HashData(input);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
