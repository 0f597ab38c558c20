using Commerce.Api.Admission;
using Commerce.Api.Endpoints;
using Commerce.Api.Grpc.Mapping;
using Commerce.Api.Handling;
using Commerce.Domain;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Incoming;

/// <summary>Commands to flash sales as messages. Claims go through the same gate of their sale as those that come over HTTP.</summary>
sealed class FlashSaleCalls(FlashSaleAnnouncing announcing, FlashSaleClaims claims, FlashSaleHandlers handlers, SaleGates gates)
{
    /// <summary>Announces a sale.</summary>
    public async Task<Handled<Wire.FlashSaleReply>> Announce<T>(Wire.AnnounceFlashSaleRequest r, T incoming, CancellationToken cancellationToken)
        where T : IIncomingCommand =>
        Reply(await announcing.Announce(SaleOf(r), incoming.Creating(), cancellationToken).ConfigureAwait(false));

    /// <summary>Claims units.</summary>
    public async Task<Handled<Wire.ClaimReply>> Claim<T>(Wire.ClaimUnitsRequest r, T incoming, CancellationToken cancellationToken)
        where T : IIncomingCommand
    {
        var (sale, call) = (Sale(r.SaleId), incoming.Creating());
        var body = new ClaimUnits(Fields.Required<CustomerId>("customer_id", r.CustomerId, Fields.NameRule), r.HasQuantity ? r.Quantity : 1, Fields.Text(r.PaymentToken));
        using var place = await gates.Enter(sale.Value, cancellationToken).ConfigureAwait(false);
        if (!place.IsAcquired)
        {
            return new(await gates.Refuse().ConfigureAwait(false));
        }

        var handled = await claims.Claim(sale, body, call, cancellationToken).ConfigureAwait(false);
        return handled.Map((claim, done) => new Wire.ClaimReply
        {
            Done = done, SaleId = claim.SaleId.ToString(), ClaimId = claim.ClaimId.ToString(), Quantity = claim.Quantity, Place = claim.Place, Status = claim.Status, PayUntil = Replies.Of(claim.PayUntil),
        });
    }

    /// <summary>Gives a claim its payment.</summary>
    public async Task<Handled<Wire.PayClaimReply>> Pay<T>(Wire.PayClaimRequest r, T incoming, CancellationToken cancellationToken)
        where T : IIncomingCommand
    {
        var claim = Fields.Required<OrderId>("claim_id", r.ClaimId, Fields.IdRule);
        var handled = await handlers.Pay(Sale(r.SaleId), claim, new(r.PaymentToken), incoming.Changing(), cancellationToken).ConfigureAwait(false);
        return handled.Map((paid, done) => new Wire.PayClaimReply { Done = done, SaleId = paid.SaleId.ToString(), ClaimId = paid.ClaimId.ToString(), OrderId = paid.OrderId.ToString() });
    }

    /// <summary>Closes a sale.</summary>
    public async Task<Handled<Wire.FlashSaleReply>> Close<T>(Wire.CloseFlashSaleRequest r, T incoming, CancellationToken cancellationToken)
        where T : IIncomingCommand =>
        Reply(await handlers.Close(Sale(r.SaleId), incoming.Changing(), cancellationToken).ConfigureAwait(false));

    static FlashSaleId Sale(string text) => Fields.Required<FlashSaleId>("sale_id", text, Fields.IdRule);

    // What is not given is as the contract has it.
    static AnnounceFlashSale SaleOf(Wire.AnnounceFlashSaleRequest r)
    {
        var sale = new AnnounceFlashSale(Fields.Sku(r.Sku), r.Units, Fields.Money("unit_price", r.UnitPrice), Fields.Time("opens", r.Opens), Fields.Time("closes", r.Closes));
        return sale with
        {
            UnitsPerCustomer = r.HasUnitsPerCustomer ? r.UnitsPerCustomer : sale.UnitsPerCustomer,
            MinutesToPay = r.HasMinutesToPay ? r.MinutesToPay : sale.MinutesToPay,
            Shards = r.HasShards ? r.Shards : null,
        };
    }

    static Handled<Wire.FlashSaleReply> Reply(Handled<FlashSaleAccepted> handled) =>
        handled.Map((sale, done) => new Wire.FlashSaleReply { Done = done, SaleId = sale.SaleId.ToString() });
}
