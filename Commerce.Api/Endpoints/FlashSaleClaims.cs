using Commerce.Api.Http;
using Commerce.Commands.Customers;
using Commerce.Commands.FlashSales;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Endpoints;

/// <summary>Claims of a flash sale over HTTP. The sale itself knows each of them, so a repeat needs no memory of command ids.</summary>
sealed class FlashSaleClaims(CommandProcessor commands, FlashSaleShards shards, ErasedCustomers erased, TimeProvider time)
{
    /// <summary>Claims units: 201 with the claim, also for a repeat of it, or why it was refused.</summary>
    public async Task<IResult> Claim(FlashSaleId id, ClaimUnits body, CommandRequest request, CancellationToken cancellationToken)
    {
        if (await erased.Has(body.CustomerId, cancellationToken).ConfigureAwait(false))
        {
            return Problems.CustomerErased;
        }

        var count = await shards.CountOf(id, cancellationToken).ConfigureAwait(false);
        return count == 1
            ? await ClaimWhole(id, body, request, cancellationToken).ConfigureAwait(false)
            : await ClaimSharded(id, SaleShard.For(body.CustomerId, count), body, request, cancellationToken).ConfigureAwait(false);
    }

    async Task<IResult> ClaimWhole(FlashSaleId id, ClaimUnits body, CommandRequest request, CancellationToken cancellationToken)
    {
        var claim = new OrderId(Uuid.FromName(id.Value, request.Id.ToString()));
        return Answer(id, claim, await commands.Handle(FlashSale.Decider, FlashSale.StreamOf(id), CommandOf(claim, body), request.ContextWithoutKey(), cancellationToken).ConfigureAwait(false));
    }

    // A key stands for one claim of each customer: who asks for another under it comes to another shard, which does not know the first.
    async Task<IResult> ClaimSharded(FlashSaleId id, SaleShard shard, ClaimUnits body, CommandRequest request, CancellationToken cancellationToken)
    {
        var claim = shard.ClaimOf(Uuid.FromName(id.Value, $"{request.Id}/{body.CustomerId}"));
        return Answer(id, claim, await shards.Claim(id, shard, CommandOf(claim, body), request.ContextWithoutKey(), cancellationToken).ConfigureAwait(false));
    }

    FlashSaleCommand.Claim CommandOf(OrderId claim, ClaimUnits body) => new(time.GetUtcNow(), claim, body.CustomerId, body.Quantity, body.PaymentToken);

    static IResult Answer(FlashSaleId sale, OrderId claim, CommandOutcome outcome) => outcome switch
    {
        CommandOutcome.Accepted { Events: [FlashSaleEvent.Claimed made, ..] } accepted =>
            new Created(new(sale, claim, made.Quantity, made.Place, StatusOf(made.PayUntil), made.PayUntil, accepted.Position.ToString()), IsReplayed: false),
        CommandOutcome.Rejected { Rejection: { Code: FlashSaleRejections.ClaimKnownCode } known } => new Created(Known(sale, claim, known), IsReplayed: true),
        _ => Problems.Of(outcome),
    };

    static ClaimAccepted Known(FlashSaleId sale, OrderId claim, Rejection known)
    {
        DateTimeOffset? payUntil = known.Figures.TryGetValue("payUntil", out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        return new(sale, claim, (int)known.Figures["quantity"], (int)known.Figures["place"], StatusOf(payUntil), payUntil);
    }

    static string StatusOf(DateTimeOffset? payUntil) => Words.Of(payUntil is null ? ClaimStatus.Ordered : ClaimStatus.Waiting);

    sealed record Created(ClaimAccepted Claim, bool IsReplayed) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = StatusCodes.Status201Created;
            response.Headers[HeaderNames.Location] = $"/flash-sales/{Claim.SaleId}/claims/{Claim.ClaimId}";
            if (Claim.Position is { } position)
            {
                response.Headers[CommerceHeaders.Position] = position;
            }

            if (IsReplayed)
            {
                response.Headers[CommerceHeaders.IdempotencyReplayed] = "true";
            }

            return response.WriteJson(Claim, ApiJson.Default.ClaimAccepted, httpContext.RequestAborted);
        }
    }
}
