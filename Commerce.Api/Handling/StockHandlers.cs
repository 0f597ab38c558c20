using Commerce.Api.Endpoints;
using Commerce.Api.Http;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Inventory;

namespace Commerce.Api.Handling;

/// <summary>Commands to stock.</summary>
sealed class StockHandlers(CommandProcessor commands)
{
    /// <summary>Where stock lies when nothing else is said.</summary>
    static readonly LocationId DefaultLocation = LocationId.Of("main");

    /// <summary>Takes units in.</summary>
    public Task<Handled<StockAccepted>> Receive(Sku sku, ReceiveStock body, CommandCall call, CancellationToken cancellationToken) => Handle(
        sku, body.Location, body.Quantity, new StockCommand.Receive(body.Quantity, body.Reference), call.Context($"POST /stock/{sku}/receipts", body, ApiJson.Default.ReceiveStock), cancellationToken);

    /// <summary>Strikes units off.</summary>
    public Task<Handled<StockAccepted>> WriteOff(Sku sku, WriteOffStock body, CommandCall call, CancellationToken cancellationToken) => Handle(
        sku, body.Location, body.Quantity, new StockCommand.WriteOff(body.Quantity, body.Reason), call.Context($"POST /stock/{sku}/write-offs", body, ApiJson.Default.WriteOffStock), cancellationToken);

    async Task<Handled<StockAccepted>> Handle(Sku sku, LocationId? location, int quantity, StockCommand command, CommandContext context, CancellationToken cancellationToken)
    {
        var place = location ?? DefaultLocation;
        var outcome = await commands.Handle(Stock.Decider, Stock.StreamOf(sku, place), command, context, cancellationToken).ConfigureAwait(false);
        return outcome.As(done => new StockAccepted(sku, place, quantity, done.Position.ToString()));
    }
}
