using Commerce.Commands.Grpc;

namespace Commerce.Testing.EventStoreDb;

/// <summary>What a node is. The numbers are the wire format.</summary>
public enum MemberState
{
    Initializing = 0,
    DiscoverLeader = 1,
    Unknown = 2,
    PreReplica = 3,
    CatchingUp = 4,
    Clone = 5,
    Follower = 6,
    PreLeader = 7,
    Leader = 8,
    Manager = 9,
    ShuttingDown = 10,
    Shutdown = 11,
    ReadOnlyLeaderless = 12,
    PreReadOnlyReplica = 13,
    ReadOnlyReplica = 14,
    ResigningLeader = 15,
}

/// <summary>Another node, as gossip tells of it.</summary>
public sealed record ClusterMember(string Host, int Port, MemberState State, bool IsAlive = true)
{
    internal Guid InstanceId { get; } = Guid.NewGuid();
}

/// <summary>The cluster as this node sees it. At first it leads, alone.</summary>
public sealed class EmulatedCluster
{
    volatile ClusterMember[] _others = [];
    int _state = (int)MemberState.Leader;

    internal Guid InstanceId { get; } = Guid.NewGuid();

    /// <summary>What this node is; all but leaders, followers and replicas refuse to serve streams.</summary>
    public MemberState State
    {
        get => (MemberState)Volatile.Read(ref _state);
        set => Volatile.Write(ref _state, (int)value);
    }

    /// <summary>Every node but this one.</summary>
    public IReadOnlyList<ClusterMember> Others
    {
        get => _others;
        set => _others = [.. value];
    }

    ClusterMember? Leader => _others.FirstOrDefault(m => m is { State: MemberState.Leader, IsAlive: true });

    /// <exception cref="GrpcException">This node does not serve that call.</exception>
    internal void CheckServes(ServerCall call)
    {
        if (State is not (MemberState.Leader or MemberState.Follower or MemberState.ReadOnlyReplica))
            throw ServerErrors.NotReady();
        if (State != MemberState.Leader && call.RequiresLeader)
            throw Leader is { } leader ? ServerErrors.NotLeader(leader) : ServerErrors.NoLeader();
    }

    /// <summary>From now on this node follows, and refuses calls that require a leader with where that one is.</summary>
    public void Follow(string host, int port)
    {
        Others = [.. Others.Where(m => (m.Host, m.Port) != (host, port)).Select(m => m.State == MemberState.Leader ? m with { State = MemberState.Follower } : m),
            new(host, port, MemberState.Leader)];
        State = MemberState.Follower;
    }

    /// <summary>From now on this node leads.</summary>
    public void Lead()
    {
        Others = [.. Others.Select(m => m.State == MemberState.Leader ? m with { State = MemberState.Follower } : m)];
        State = MemberState.Leader;
    }
}
