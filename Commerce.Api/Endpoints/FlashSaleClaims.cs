using Commerce.Api.Http;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Endpoints;

/// <summary>Claims of a flash sale over HTTP. The sale itself knows each of them, so a repeat needs no memory of command ids.</summary>
static class FlashSaleClaims
{
    /// <summary>The claim that a client's key stands for in a sale.</summary>
    public static OrderId IdOf(FlashSaleId sale, CommandRequest request) => new(Uuid.FromName(sale.Value, request.Id.ToString()));

    /// <summary>201 with the claim, also for a repeat of it, or why it was refused.</summary>
    public static IResult Answer(FlashSaleId sale, OrderId claim, CommandOutcome outcome) => outcome switch
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
