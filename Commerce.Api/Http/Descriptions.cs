namespace Commerce.Api.Http;

/// <summary>What an address says of itself in the OpenAPI document.</summary>
static class Descriptions
{
    const string KeyRules =
        "The key belongs to the resource that the request names (for an order: to the client). A repeat with the same content gets the first answer again, "
        + "with `Idempotency-Replayed: true`; with other content, 422 `idempotency-key-reused`. A refusal changes nothing and is not kept: a repeat is decided anew.";

    /// <summary>A name for programs, a line for people, and more where it helps.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string name, string summary, string? description = null)
    {
        route.WithName(name).WithSummary(summary);
        return description is null ? route : route.WithDescription(description);
    }

    /// <summary>A command: takes an idempotency key and If-Match.</summary>
    public static RouteHandlerBuilder Command(this RouteHandlerBuilder route, string name, string summary, bool isKeyRequired) =>
        route.Describe(name, summary, KeyRules).WithMetadata(new TakesIdempotencyKey(isKeyRequired));

    /// <summary>The answer when all goes well, and the refusals of its own; those that every address has are added to the document at once.</summary>
    public static RouteHandlerBuilder Answers<TBody>(this RouteHandlerBuilder route, int status, params ReadOnlySpan<int> refusals)
    {
        route.Produces<TBody>(status);
        foreach (var refusal in refusals)
        {
            route.ProducesProblem(refusal);
        }

        return route;
    }
}
