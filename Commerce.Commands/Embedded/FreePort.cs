using System.Net;
using System.Net.Sockets;

namespace Commerce.Commands.Embedded;

/// <summary>Finds TCP ports that nothing listens on.</summary>
static class FreePort
{
    /// <summary>Below what Linux, macOS and Windows hand to outgoing connections (32768 and up), above what services are known by.</summary>
    const int First = 20_000;
    const int Last = 32_000;

    /// <summary>Whether nothing listens on <paramref name="port"/> of the loopback address.</summary>
    public static bool IsFree(int port)
    {
        if (port is < 1 or > ushort.MaxValue)
            return false;
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A random free port. Another process may take it before it is used: a caller must be ready to ask again.</summary>
    public static int Find()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            if (IsFree(port))
                return port;
        }
    }
}
