using Commerce.Commands.EventLog.EventStoreDb.Wire;
using State = Commerce.Commands.EventLog.EventStoreDb.Wire.MemberInfo.Types.VNodeState;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>Picks the member of a cluster to talk to.</summary>
static class NodeSelection
{
    static readonly State[] Serving = [State.Leader, State.Follower, State.ReadOnlyReplica, State.ReadOnlyLeaderless, State.PreReadOnlyReplica, State.PreReplica];

    /// <summary>
    /// A living member as preferred; where there is none, another one that can serve, but for the leader, which nothing
    /// replaces. Null: nobody will do.
    /// </summary>
    public static NodeAddress? Pick(ClusterInfo cluster, NodePreference preference, Random random)
    {
        var able = cluster.Members.Where(m => m is { IsAlive: true, HttpEndPoint: not null } && Serving.Contains(m.State)).ToArray();
        random.Shuffle(able);
        var preferred = able.FirstOrDefault(m => Meets(m.State, preference));
        var picked = preferred ?? (preference == NodePreference.Leader ? null : able.FirstOrDefault());
        return picked is null ? null : AddressOf(picked);
    }

    /// <summary>Where all its members are, the living and the dead.</summary>
    public static IReadOnlyList<NodeAddress> AddressesOf(ClusterInfo cluster) =>
        [.. cluster.Members.Where(m => m.HttpEndPoint is not null).Select(AddressOf)];

    static NodeAddress AddressOf(MemberInfo member) => new(member.HttpEndPoint.Address, (int)member.HttpEndPoint.Port);

    static bool Meets(State state, NodePreference preference) => preference switch
    {
        NodePreference.Leader => state == State.Leader,
        NodePreference.Follower => state == State.Follower,
        NodePreference.ReadOnlyReplica => state is State.ReadOnlyReplica or State.ReadOnlyLeaderless,
        _ => true,
    };
}
