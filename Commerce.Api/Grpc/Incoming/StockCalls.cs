using Commerce.Api.Endpoints;
using Commerce.Api.Grpc.Mapping;
using Commerce.Api.Handling;
using Commerce.Domain;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Incoming;

/// <summary>Commands to stock as messages.</summary>
sealed class StockCalls(StockHandlers handlers)
{
    /// <summary>Takes units in.</summary>
    public async Task<Handled<Wire.StockReply>> Receive<T>(Wire.ReceiveStockRequest r, T incoming, CancellationToken cancellationToken)
        where T : IIncomingCommand =>
        Reply(await handlers.Receive(Fields.Sku(r.Sku), new(r.Quantity, r.Reference, Location(r.Location)), incoming.Creating(), cancellationToken).ConfigureAwait(false));

    /// <summary>Strikes units off.</summary>
    public async Task<Handled<Wire.StockReply>> WriteOff<T>(Wire.WriteOffStockRequest r, T incoming, CancellationToken cancellationToken)
        where T : IIncomingCommand =>
        Reply(await handlers.WriteOff(Fields.Sku(r.Sku), new(r.Quantity, r.Reason, Location(r.Location)), incoming.Creating(), cancellationToken).ConfigureAwait(false));

    static LocationId? Location(string text) => Fields.Optional<LocationId>("location", text, Fields.NameRule);

    static Handled<Wire.StockReply> Reply(Handled<StockAccepted> handled) =>
        handled.Map((stock, done) => new Wire.StockReply { Done = done, Sku = stock.Sku.Value, Location = stock.Location.Value, Quantity = stock.Quantity });
}
