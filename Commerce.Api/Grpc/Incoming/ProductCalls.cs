using Commerce.Api.Endpoints;
using Commerce.Api.Grpc.Mapping;
using Commerce.Api.Handling;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Incoming;

/// <summary>Commands to the catalogue as messages.</summary>
sealed class ProductCalls(ProductHandlers handlers)
{
    /// <summary>Offers a product.</summary>
    public async Task<Handled<Wire.ProductReply>> Register<T>(Wire.RegisterProductRequest r, T incoming, CancellationToken cancellationToken)
        where T : IIncomingCommand =>
        Reply(await handlers.Register(new(Fields.Sku(r.Sku), r.Name, Fields.Money("price", r.Price)), incoming.Creating(), cancellationToken).ConfigureAwait(false));

    /// <summary>Sets a price.</summary>
    public async Task<Handled<Wire.ProductReply>> ChangePrice<T>(Wire.ChangePriceRequest r, T incoming, CancellationToken cancellationToken)
        where T : IIncomingCommand =>
        Reply(await handlers.ChangePrice(Fields.Sku(r.Sku), new(Fields.Money("price", r.Price)), incoming.Changing(), cancellationToken).ConfigureAwait(false));

    /// <summary>Offers a product no more.</summary>
    public async Task<Handled<Wire.ProductReply>> Discontinue<T>(Wire.DiscontinueProductRequest r, T incoming, CancellationToken cancellationToken)
        where T : IIncomingCommand =>
        Reply(await handlers.Discontinue(Fields.Sku(r.Sku), incoming.Changing(), cancellationToken).ConfigureAwait(false));

    static Handled<Wire.ProductReply> Reply(Handled<ProductAccepted> handled) =>
        handled.Map((product, done) => new Wire.ProductReply { Done = done, Sku = product.Sku.Value });
}
