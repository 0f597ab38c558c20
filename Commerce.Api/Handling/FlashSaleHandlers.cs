using Commerce.Api.Endpoints;
using Commerce.Api.Http;
using Commerce.Commands.FlashSales;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.FlashSales;

namespace Commerce.Api.Handling;

/// <summary>Commands to flash sales that are announced; claims have a file of their own.</summary>
sealed class FlashSaleHandlers(CommandProcessor commands, FlashSaleShards shards, TimeProvider time)
{
    /// <summary>Gives a claim its payment: it becomes an order.</summary>
    public async Task<Handled<ClaimPaid>> Pay(FlashSaleId id, OrderId claim, PayClaim body, CommandCall call, CancellationToken cancellationToken)
    {
        var command = new FlashSaleCommand.Pay(time.GetUtcNow(), claim, body.PaymentToken) { OnlyOf = call.Caller.Customers };
        var context = call.Context($"POST /flash-sales/{id}/claims/{claim}/payment", body, ApiJson.Default.PayClaim);
        var outcome = await commands.Handle(FlashSale.Decider, SaleShard.StreamOf(id, claim), command, context, cancellationToken).ConfigureAwait(false);
        return outcome.As(done => new ClaimPaid(id, claim, claim, done.Position.ToString()));
    }

    /// <summary>Closes a sale: what nobody has claimed goes back to stock.</summary>
    public async Task<Handled<FlashSaleAccepted>> Close(FlashSaleId id, CommandCall call, CancellationToken cancellationToken)
    {
        var outcome = await shards.Close(id, call.Context($"POST /flash-sales/{id}/close", new(), ApiJson.Default.Nothing), cancellationToken).ConfigureAwait(false);
        return outcome.As(done => new FlashSaleAccepted(id, done.Position.ToString()));
    }
}
