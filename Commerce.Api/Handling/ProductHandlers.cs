using Commerce.Api.Endpoints;
using Commerce.Api.Http;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Catalog;

namespace Commerce.Api.Handling;

/// <summary>Commands to the catalogue.</summary>
sealed class ProductHandlers(CommandProcessor commands)
{
    /// <summary>Offers a product.</summary>
    public Task<Handled<ProductAccepted>> Register(RegisterProduct body, CommandCall call, CancellationToken cancellationToken) =>
        Handle(body.Sku, new ProductCommand.Register(body.Sku, body.Name, body.Price), call.Context("POST /products", body, ApiJson.Default.RegisterProduct), cancellationToken);

    /// <summary>Sets the price that orders pay from now on.</summary>
    public Task<Handled<ProductAccepted>> ChangePrice(Sku sku, ChangePrice body, CommandCall call, CancellationToken cancellationToken) =>
        Handle(sku, new ProductCommand.ChangePrice(body.Price), call.Context($"PUT /products/{sku}/price", body, ApiJson.Default.ChangePrice), cancellationToken);

    /// <summary>Offers a product no more.</summary>
    public Task<Handled<ProductAccepted>> Discontinue(Sku sku, CommandCall call, CancellationToken cancellationToken) =>
        Handle(sku, new ProductCommand.Discontinue(), call.Context($"POST /products/{sku}/discontinue", new(), ApiJson.Default.Nothing), cancellationToken);

    async Task<Handled<ProductAccepted>> Handle(Sku sku, ProductCommand command, CommandContext context, CancellationToken cancellationToken)
    {
        var outcome = await commands.Handle(Product.Decider, Product.StreamOf(sku), command, context, cancellationToken).ConfigureAwait(false);
        return outcome.As(done => new ProductAccepted(sku, done.Position.ToString()));
    }
}
