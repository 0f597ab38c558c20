using Commerce.Api.Admission;
using Commerce.Api.Http;
using Commerce.Api.Security;
using Commerce.Commands.Handling;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;

namespace Commerce.Api.Contract;

/// <summary>What an operation may refuse because of what kind it is: it takes a body, is a command, waits for a read model, is limited.</summary>
static class CommonRefusals
{
    static readonly Problem[] OfAll = [Problems.AddressTooLong, Problems.HeadersTooLarge, Problems.Internal];

    static readonly Problem[] OfBodies = [Problems.BodyTooLarge, Problems.MediaTypeUnsupported, Problems.TooSlow];

    static readonly Problem BodyInvalid = Problems.Body("$.lines[0].quantity", "The body is not the JSON that is taken here.");

    static readonly Problem[] OfCommands =
    [
        Problems.KeyInvalid, Problems.KeyReused, Problems.IfMatchInvalid,
        Problems.Of(new CommandOutcome.RevisionMismatch(7, 8)), Problems.Of(new CommandOutcome.Overloaded(TimeSpan.FromSeconds(1))),
        Problems.CommandTooLarge, Problems.StreamDeleted, Problems.LogUnavailable,
    ];

    static readonly Problem[] OfWaitingQueries = [Problems.MinPositionInvalid, Problems.Lagging, Problems.ReadDatabaseUnavailable];

    // Whose the customer is, every address that may be about one asks.
    static readonly Problem[] OfCallers =
        [AccessProblems.Missing, AccessProblems.Invalid, AccessProblems.Ended, AccessProblems.RoleMissing, AccessProblems.CustomerForeign, AccessProblems.TooMany with { RetryAfter = TimeSpan.FromSeconds(1) }, AccessProblems.Unavailable];

    static readonly Problem SaleBusy = Problems.SaleBusy with { RetryAfter = TimeSpan.FromSeconds(1) };

    static readonly Problem RateLimited = Problems.RateLimited with { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>All of them.</summary>
    public static IEnumerable<Problem> All =>
        [.. OfAll, .. OfCallers, Refusals.Parameter, Problems.KeyMissing, .. OfCommands, .. OfBodies, BodyInvalid, .. OfWaitingQueries, SaleBusy, RateLimited, Problems.TimedOut];

    /// <summary>What follows from the metadata of an address.</summary>
    /// <param name="name">Of the operation.</param>
    /// <param name="metadata">Of the endpoint.</param>
    /// <param name="hasParameters">Whether its address or query has parts that may be wrong.</param>
    public static IEnumerable<Problem> For(string name, IEnumerable<object> metadata, bool hasParameters)
    {
        var known = metadata.ToList();
        bool Has<T>() => known.OfType<T>().Any();
        var key = known.OfType<TakesIdempotencyKey>().FirstOrDefault();
        return
        [
            .. AccessTable.Of(name)?.Roles is null ? [] : OfCallers,
            .. hasParameters ? [Refusals.Parameter] : Array.Empty<Problem>(),
            .. key is { IsRequired: true } ? [Problems.KeyMissing] : Array.Empty<Problem>(),
            .. key is not null ? OfCommands : [],

            // What takes a body and is no command reads it as it comes, and says by itself what it cannot read.
            .. Has<IAcceptsMetadata>() ? OfBodies : [],
            .. Has<IAcceptsMetadata>() && key is not null ? [BodyInvalid] : Array.Empty<Problem>(),
            .. Has<WaitsForPosition>() ? OfWaitingQueries : [],
            .. Has<SaleGate>() ? [SaleBusy] : Array.Empty<Problem>(),
            .. Has<DisableRateLimitingAttribute>() ? Array.Empty<Problem>() : [RateLimited],
            .. Has<DisableRequestTimeoutAttribute>() ? Array.Empty<Problem>() : [Problems.TimedOut],
            .. OfAll,
        ];
    }
}
