using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Commands.Grpc;
using Commerce.Commands.Tests.Grpc;
using Commerce.Domain.Log;
using Commerce.Testing.EventStoreDb;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>What a person does to the server, and Commerce never.</summary>
static class Operator
{
    static readonly GrpcMethod<TombstoneReq, TombstoneResp> Tombstone = new("event_store.client.streams.Streams", "Tombstone", TombstoneResp.Parser);

    public static async Task DeleteForGood(EventStoreDbEmulator server, StreamName stream, CancellationToken ct)
    {
        using var channel = Channels.To(new Uri($"http://{EventStoreDbEmulator.Host}:{server.Port}"));
        await channel.Unary(Tombstone, new() { Options = new() { StreamIdentifier = WireIds.ToWire(stream), Any = new() } }, TimeSpan.FromSeconds(10), ct);
    }
}
