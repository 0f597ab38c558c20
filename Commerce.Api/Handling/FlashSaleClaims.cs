using Commerce.Api.Endpoints;
using Commerce.Api.Http;
using Commerce.Api.Security;
using Commerce.Commands.Customers;
using Commerce.Commands.FlashSales;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.FlashSales;

namespace Commerce.Api.Handling;

/// <summary>Claims of a flash sale. The sale itself knows each of them, so a repeat needs no memory of command ids.</summary>
sealed class FlashSaleClaims(CommandProcessor commands, FlashSaleShards shards, ErasedCustomers erased, TimeProvider time)
{
    /// <summary>Claims units: the claim, also for a repeat of it, or why it was refused.</summary>
    public async Task<Handled<ClaimAccepted>> Claim(FlashSaleId id, ClaimUnits body, CommandCall call, CancellationToken cancellationToken)
    {
        if (!call.Caller.MayActFor(body.CustomerId))
        {
            return new(AccessProblems.CustomerForeign);
        }

        if (await erased.Has(body.CustomerId, cancellationToken).ConfigureAwait(false))
        {
            return new(Problems.CustomerErased);
        }

        var count = await shards.CountOf(id, cancellationToken).ConfigureAwait(false);
        return count == 1
            ? await ClaimWhole(id, body, call, cancellationToken).ConfigureAwait(false)
            : await ClaimSharded(id, SaleShard.For(body.CustomerId, count), body, call, cancellationToken).ConfigureAwait(false);
    }

    async Task<Handled<ClaimAccepted>> ClaimWhole(FlashSaleId id, ClaimUnits body, CommandCall call, CancellationToken cancellationToken)
    {
        var claim = new OrderId(Uuid.FromName(id.Value, call.Id.ToString()));
        return Answer(id, claim, await commands.Handle(FlashSale.Decider, FlashSale.StreamOf(id), CommandOf(claim, body), call.ContextWithoutKey(), cancellationToken).ConfigureAwait(false));
    }

    // A key stands for one claim of each customer: who asks for another under it comes to another shard, which does not know the first.
    async Task<Handled<ClaimAccepted>> ClaimSharded(FlashSaleId id, SaleShard shard, ClaimUnits body, CommandCall call, CancellationToken cancellationToken)
    {
        var claim = shard.ClaimOf(Uuid.FromName(id.Value, $"{call.Id}/{body.CustomerId}"));
        return Answer(id, claim, await shards.Claim(id, shard, CommandOf(claim, body), call.ContextWithoutKey(), cancellationToken).ConfigureAwait(false));
    }

    FlashSaleCommand.Claim CommandOf(OrderId claim, ClaimUnits body) => new(time.GetUtcNow(), claim, body.CustomerId, body.Quantity, body.PaymentToken);

    static Handled<ClaimAccepted> Answer(FlashSaleId sale, OrderId claim, CommandOutcome outcome) => outcome switch
    {
        CommandOutcome.Accepted { Events: [FlashSaleEvent.Claimed made, ..] } accepted =>
            new(new(sale, claim, made.Quantity, made.Place, StatusOf(made.PayUntil), made.PayUntil, accepted.Position.ToString()), null, accepted.Position, isReplayed: false),
        CommandOutcome.Rejected { Rejection: { Code: FlashSaleRejections.ClaimKnownCode } known } => new(Known(sale, claim, known), null, null, isReplayed: true),
        _ => new(Problems.Of(outcome)),
    };

    static ClaimAccepted Known(FlashSaleId sale, OrderId claim, Rejection known)
    {
        DateTimeOffset? payUntil = known.Figures.TryGetValue("payUntil", out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        return new(sale, claim, (int)known.Figures["quantity"], (int)known.Figures["place"], StatusOf(payUntil), payUntil);
    }

    static string StatusOf(DateTimeOffset? payUntil) => Words.Of(payUntil is null ? ClaimStatus.Ordered : ClaimStatus.Waiting);
}
