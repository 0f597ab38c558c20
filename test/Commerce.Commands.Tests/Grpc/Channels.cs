using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Commands.Grpc;

namespace Commerce.Commands.Tests.Grpc;

/// <summary>Channels to servers of tests, over the connections that the product makes.</summary>
static class Channels
{
    /// <summary>One that lets the server send 64 KiB ahead.</summary>
    public static GrpcChannel To(Uri address, Dictionary<string, string>? headers = null, TimeSpan? connectMax = null)
    {
        var text = $"esdb://{address.Authority}";
        var options = new EventStoreDbOptions { ConnectionString = text, ReadAheadBytes = 64 * 1024, ConnectMax = connectMax ?? TimeSpan.FromSeconds(5) };
        return new(address, NodeConnections.To(EventStoreDbConnectionString.Parse(text), options), headers ?? [], TimeProvider.System);
    }
}
