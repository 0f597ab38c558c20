namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>Which member of a cluster is asked.</summary>
public enum NodePreference
{
    /// <summary>The one that takes appends; it always knows everything that was acknowledged.</summary>
    Leader,

    /// <summary>One that has a copy; it may lag behind.</summary>
    Follower,

    /// <summary>Any.</summary>
    Random,

    /// <summary>One that only has a copy and never becomes the leader.</summary>
    ReadOnlyReplica,
}

/// <summary>A host and its port.</summary>
public readonly record struct NodeAddress(string Host, int Port)
{
    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

/// <summary>
/// Where EventStoreDB is and how to talk to it, as its connection strings say:
/// <c>esdb://[user:password@]host[:port][,host[:port]…][?key=value&amp;…]</c>; with <c>esdb+discover://</c>, or several hosts,
/// the members of the cluster are found by asking these. <c>kurrentdb://</c> is the same under its newer name.
/// </summary>
public sealed record EventStoreDbConnectionString
{
    /// <summary>The port of a host that names none.</summary>
    public const int DefaultPort = 2113;

    /// <summary>The hosts, in the order of the string.</summary>
    public required IReadOnlyList<NodeAddress> Hosts { get; init; }

    /// <summary>Whether the hosts are asked for the cluster's members.</summary>
    public required bool Discover { get; init; }

    /// <summary>Who asks; null: nobody in particular.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public string? Password { get; init; }

    /// <summary>Whether to speak TLS (<c>tls</c>).</summary>
    public bool Tls { get; init; } = true;

    /// <summary>Whether the server's certificate must be trusted (<c>tlsVerifyCert</c>).</summary>
    public bool TlsVerifyCert { get; init; } = true;

    /// <summary>What the server shows as our name (<c>connectionName</c>).</summary>
    public string ConnectionName { get; init; } = "commerce";

    /// <summary>How long an append may take (<c>defaultDeadline</c>, in milliseconds).</summary>
    public TimeSpan DefaultDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Which member of a cluster is asked (<c>nodePreference</c>).</summary>
    public NodePreference NodePreference { get; init; } = NodePreference.Leader;

    /// <summary>How often all hosts are asked for the members before the search is given up (<c>maxDiscoverAttempts</c>).</summary>
    public int MaxDiscoverAttempts { get; init; } = 10;

    /// <summary>Pause between these attempts (<c>discoveryInterval</c>, in milliseconds).</summary>
    public TimeSpan DiscoveryInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long one host may take to name the members (<c>gossipTimeout</c>, in milliseconds).</summary>
    public TimeSpan GossipTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Silence after which the server is asked whether it is there (<c>keepAliveInterval</c>, in milliseconds from 1000 on; -1: never).</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it has to say so (<c>keepAliveTimeout</c>, in milliseconds from 1000 on; -1: for ever).</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="EventStoreDbConnectionStringException">It is none.</exception>
    public static EventStoreDbConnectionString Parse(string text) => ConnectionStringReader.Read(text);

    /// <summary>For people: without the password.</summary>
    public override string ToString() =>
        $"{(Discover ? "esdb+discover" : "esdb")}://{(User is null ? "" : $"{User}@")}{string.Join(',', Hosts)}";
}
