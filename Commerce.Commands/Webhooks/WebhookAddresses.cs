using System.Net;
using System.Net.Sockets;

namespace Commerce.Commands.Webhooks;

/// <summary>
/// Where webhooks may go: to public addresses, and to what the configuration allows. Whoever may subscribe could otherwise have this house
/// ask its own servers. A name is looked up for each connection, and the connection goes to an address that was checked, so that a name
/// that changes its mind in between leads nowhere else.
/// </summary>
/// <param name="allowed">Networks that may be sent to although they are not public.</param>
/// <param name="resolve">Looks names up; null: as the system does.</param>
public sealed class WebhookAddresses(IReadOnlyList<IPNetwork> allowed, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    // The registries of special addresses (RFC 6890): this network, private, shared, loopback, link-local, protocols, documentation,
    // benchmarks, 6to4 relays, multicast, reserved and broadcast.
    static readonly IPNetwork[] NotPublicV4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        }.Select(IPNetwork.Parse),
    ];

    // Of IPv6 only global unicast is public: loopback, unique-local, link-local, multicast and translated addresses are outside of it.
    static readonly IPNetwork GlobalV6 = IPNetwork.Parse("2000::/3");

    // In it, those that stand for others: Teredo, benchmarks, documentation, 6to4.
    static readonly IPNetwork[] NotPublicV6 = [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(IPNetwork.Parse)];

    /// <summary>Whether an address may be sent to; an IPv4 address within IPv6 is what it stands for.</summary>
    public bool IsAllowed(IPAddress address)
    {
        var meant = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return allowed.Any(network => network.Contains(meant)) || IsPublic(meant);
    }

    /// <summary>Connects to the first address of a host that may be sent to and answers.</summary>
    /// <exception cref="WebhookAddressRefusedException">It has none that may be sent to.</exception>
    public async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var found = await (resolve ?? Dns.GetHostAddressesAsync)(host, cancellationToken).ConfigureAwait(false);
        var permitted = found.Where(IsAllowed).ToArray();
        if (permitted.Length == 0)
        {
            throw new WebhookAddressRefusedException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(permitted, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    static bool IsPublic(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !NotPublicV4.Any(network => network.Contains(address)),
        AddressFamily.InterNetworkV6 => GlobalV6.Contains(address) && !NotPublicV6.Any(network => network.Contains(address)),
        _ => false,
    };
}

/// <summary>A host has no address that webhooks may be sent to.</summary>
public sealed class WebhookAddressRefusedException() : IOException("The host has no address that webhooks may be sent to.");
