using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Commands.Grpc;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>The rpcs of EventStoreDB that Commerce calls.</summary>
static class WireMethods
{
    const string Streams = "event_store.client.streams.Streams";

    public static GrpcMethod<ReadReq, ReadResp> Read { get; } = new(Streams, "Read", ReadResp.Parser);

    public static GrpcMethod<BatchAppendReq, BatchAppendResp> BatchAppend { get; } = new(Streams, "BatchAppend", BatchAppendResp.Parser);

    public static GrpcMethod<Empty, ClusterInfo> Gossip { get; } = new("event_store.client.gossip.Gossip", "Read", ClusterInfo.Parser);

    public static GrpcMethod<Empty, SupportedMethods> SupportedMethods { get; } =
        new("event_store.client.server_features.ServerFeatures", "GetSupportedMethods", Wire.SupportedMethods.Parser);
}
