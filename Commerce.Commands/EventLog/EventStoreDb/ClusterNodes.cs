using System.Collections.Concurrent;
using System.Text;
using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Commands.Grpc;
using Commerce.Domain.Log;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>Knows the server to talk to: the one that the connection string names, or the member of a cluster that serves best.</summary>
sealed partial class ClusterNodes(EventStoreDbConnectionString connection, EventStoreDbOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    // One a member, kept to the end: calls may still run on one that is no longer current.
    readonly ConcurrentDictionary<NodeAddress, GrpcChannel> _channels = new();
    readonly SemaphoreSlim _finding = new(1);
    volatile GrpcChannel? _current;
    IReadOnlyList<NodeAddress> _members = [];

    /// <summary>The server to talk to now; looks for it where nobody knows.</summary>
    /// <exception cref="EventLogException">None is found.</exception>
    public async ValueTask<GrpcChannel> Current(CancellationToken cancellationToken)
    {
        if (_current is { } known)
            return known;

        await _finding.WaitAsync(cancellationToken);
        try
        {
            return _current ??= To(connection.Discover ? await Find(cancellationToken) : connection.Hosts[0]);
        }
        finally
        {
            _finding.Release();
        }
    }

    /// <summary>Learns from a failed call. True: it makes sense to try it again, on what is <see cref="Current"/> then.</summary>
    public bool Failed(GrpcChannel channel, GrpcException fault)
    {
        if (!EventStoreDbFaults.IsNodeLost(fault))
            return false;

        if (_current == channel)
        {
            _current = EventStoreDbFaults.LeaderNamed(fault) is { } leader ? To(leader) : null;
            if (_current is { Address: var address })
                LogRedirected(logger, address);
        }

        return true;
    }

    public void Dispose()
    {
        foreach (var channel in _channels.Values)
            channel.Dispose();

        _finding.Dispose();
    }

    async Task<NodeAddress> Find(CancellationToken cancellationToken)
    {
        EventLogException? why = null;
        for (var attempt = 1; ; attempt++)
        {
            // The members that were named last may be there although the hosts of the connection string are gone.
            foreach (var host in connection.Hosts.Concat(_members).Distinct())
            {
                var channel = To(host);
                try
                {
                    var cluster = await channel.Unary(WireMethods.Gossip, new Empty(), connection.GossipTimeout, cancellationToken);
                    _members = NodeSelection.AddressesOf(cluster);
                    if (NodeSelection.Pick(cluster, connection.NodePreference, Random.Shared) is { } picked)
                        return picked;
                }
                catch (GrpcException e)
                {
                    why = EventStoreDbFaults.Of(e, channel.Address);
                }
            }

            if (attempt >= connection.MaxDiscoverAttempts)
                throw NotFound(attempt, why);

            await Task.Delay(connection.DiscoveryInterval, time, cancellationToken);
        }
    }

    EventLogException NotFound(int attempts, EventLogException? why) => why as EventStoreDbRefusedException ?? (EventLogException)new EventLogUnavailableException(
        $"No {(connection.NodePreference == NodePreference.Leader ? "leader" : "living member")} of the EventStoreDB cluster was found, asked {attempts} times at {string.Join(", ", connection.Hosts)}{(why is null ? "." : ": " + why.Message)}", why);

    GrpcChannel To(NodeAddress node) => _channels.GetOrAdd(node, static (at, self) => self.Open(at), this);

    GrpcChannel Open(NodeAddress node)
    {
        var headers = new Dictionary<string, string>
        {
            ["user-agent"] = "commerce",
            ["connection-name"] = connection.ConnectionName,
            ["requires-leader"] = connection.NodePreference == NodePreference.Leader ? "True" : "False",
        };
        if (connection.User is not null)
            headers["authorization"] = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{connection.User}:{connection.Password}"));

        return new(new Uri($"{(connection.Tls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp)}://{node}"), NodeConnections.To(connection, options), headers, time);
    }

    [LoggerMessage(LogLevel.Information, "EventStoreDB's leader is now at {Address}")]
    static partial void LogRedirected(ILogger logger, Uri address);
}
