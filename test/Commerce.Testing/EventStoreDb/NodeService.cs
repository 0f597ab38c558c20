using Commerce.Commands.EventLog.EventStoreDb.Wire;

namespace Commerce.Testing.EventStoreDb;

/// <summary>What a node tells of itself and of its cluster, to anybody.</summary>
sealed class NodeService(EventStoreDbEmulatorOptions options, EmulatedCluster cluster, Func<int> port)
{
    public async Task Gossip(ServerCall call)
    {
        await call.ReadOnly(Empty.Parser);
        var info = new ClusterInfo { Members = { Member(cluster.InstanceId, EventStoreDbEmulator.Host, port(), cluster.State, isAlive: true) } };
        foreach (var other in cluster.Others)
            info.Members.Add(Member(other.InstanceId, other.Host, other.Port, other.State, other.IsAlive));

        call.Write(info);
        await call.Flush();
    }

    public async Task Features(ServerCall call)
    {
        await call.ReadOnly(Empty.Parser);
        var methods = new SupportedMethods { EventStoreServerVersion = options.Version };
        foreach (var method in SupportedMethodList.All.Where(m => !options.MethodsLeftOut.Contains(m.MethodName)))
        {
            var listed = method.Clone();
            foreach (var feature in options.FeaturesLeftOut)
                listed.Features.Remove(feature);
            methods.Methods.Add(listed);
        }

        call.Write(methods);
        await call.Flush();
    }

    MemberInfo Member(Guid id, string host, int at, MemberState state, bool isAlive) => new()
    {
        InstanceId = WireUuid.From(id, UuidForm.Structured),
        TimeStamp = (options.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks,
        State = (MemberInfo.Types.VNodeState)state,
        IsAlive = isAlive,
        HttpEndPoint = new() { Address = host, Port = (uint)at },
    };
}
