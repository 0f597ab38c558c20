using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Commerce.Api.Admission;

/// <summary>Tells clients apart for the limit of each: by who they are, or by where.</summary>
static class Clients
{
    /// <summary>
    /// Quotas at most: clients share them by hash, so that however many addresses come, they take half a MiB. Of 10,000 clients that come at once
    /// about a seventh shares its quota with another.
    /// </summary>
    public const int BucketsMax = 65_536;

    /// <summary>The quota of a client by its name.</summary>
    public static int BucketOf(string name) => name.GetHashCode(StringComparison.Ordinal) & (BucketsMax - 1);

    /// <summary>The quota of an address.</summary>
    public static int BucketOf(IPAddress? address) => HashCode.Combine(NetworkOf(address)) & (BucketsMax - 1);

    /// <summary>An address of IPv4; of IPv6 the first 64 bits, since the other 64 are for their owner to choose (RFC 4291, 2.5.1).</summary>
    internal static ulong NetworkOf(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !address.TryWriteBytes(bytes, out var length))
        {
            return 0;
        }

        var isIPv4 = address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6;
        return isIPv4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes[(length - 4)..length]) : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }
}
