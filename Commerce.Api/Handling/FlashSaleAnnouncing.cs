using Commerce.Api.Endpoints;
using Commerce.Api.Http;
using Commerce.Commands.FlashSales;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Domain.FlashSales;

namespace Commerce.Api.Handling;

/// <summary>Announces flash sales: looks whether there is such a product and enough of it, then has stock give its units.</summary>
sealed class FlashSaleAnnouncing(CommandProcessor commands, FlashSaleStocker stocker, TimeProvider time)
{
    /// <summary>Announces it, or gives back what was announced under the same key before.</summary>
    public async Task<Handled<FlashSaleAccepted>> Announce(AnnounceFlashSale body, CommandCall call, CancellationToken cancellationToken)
    {
        var id = new FlashSaleId(call.Id);
        var product = (await commands.Load(Product.Decider, Product.StreamOf(body.Sku), cancellationToken).ConfigureAwait(false)).State;
        if (await RefusalOf(body, product, cancellationToken).ConfigureAwait(false) is { } refusal && !await IsAnnounced(id, cancellationToken).ConfigureAwait(false))
        {
            return new(refusal);
        }

        var command = new FlashSaleCommand.Announce(
            time.GetUtcNow(), id, body.Sku, product.Name, body.Units, body.UnitPrice, body.Opens, body.Closes, body.UnitsPerCustomer, body.MinutesToPay)
        {
            Shard = body.Shards is { } shards ? new(0, shards) : null,
        };
        var context = call.Context("POST /flash-sales", body, ApiJson.Default.AnnounceFlashSale);
        var outcome = await commands.Handle(FlashSale.Decider, FlashSale.StreamOf(id), command, context, cancellationToken).ConfigureAwait(false);
        if (outcome is CommandOutcome.Accepted { Events: [FlashSaleEvent.Announced announced, ..] } accepted)
        {
            // The relay brings the announcement to whoever does this where it is cut short here, and may be faster: then there is nothing
            // left to write, and what others wrote is seen at the position all the same.
            var stocked = await stocker.Give(announced, new(context.Actor) { CorrelationId = context.CorrelationId }, cancellationToken).ConfigureAwait(false);
            outcome = stocked is CommandOutcome.Accepted done && (done.Events.Count > 0 || !accepted.Replayed) ? accepted with { Position = done.Position, Revision = done.Revision } : accepted;
        }

        return outcome.As(done => new FlashSaleAccepted(id, done.Position.ToString()));
    }

    /// <summary>422: fewer units are available than are to be sold.</summary>
    public static Problem OutOfStock(long available) =>
        new(StatusCodes.Status422UnprocessableEntity, "out-of-stock", "Fewer units are available than are to be sold.") { Members = new Dictionary<string, object> { ["available"] = available } };

    async Task<Problem?> RefusalOf(AnnounceFlashSale body, Product product, CancellationToken cancellationToken)
    {
        var rejection = !product.IsRegistered ? ProductRejections.Unknown
            : product.IsDiscontinued ? ProductRejections.Discontinued
            : product.Price.Currency != body.UnitPrice.Currency ? ProductRejections.CurrencyMismatch
            : null;
        if (rejection is not null)
        {
            // To a product, an unknown SKU is an address that leads nowhere; to a sale it is a wish that no rule can grant.
            return new(StatusCodes.Status422UnprocessableEntity, rejection.Code, rejection.Detail) { Members = new Dictionary<string, object> { ["sku"] = body.Sku.Value } };
        }

        var available = await stocker.Available(body.Sku, cancellationToken).ConfigureAwait(false);
        return available < body.Units
            ? OutOfStock(available)
            : null;
    }

    async Task<bool> IsAnnounced(FlashSaleId id, CancellationToken cancellationToken) =>
        (await commands.Load(FlashSale.Decider, FlashSale.StreamOf(id), cancellationToken).ConfigureAwait(false)).Revision >= 0;
}
