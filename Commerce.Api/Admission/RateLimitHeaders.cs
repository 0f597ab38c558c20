namespace Commerce.Api.Admission;

/// <summary>
/// Fields of HTTP that tell a client what it may send (IETF draft-ietf-httpapi-ratelimit-headers, structured fields of RFC 9651): the policies
/// that hold, and what is left of its quota with the seconds until it is whole again.
/// </summary>
static class RateLimitHeaders
{
    /// <summary>Name of the field that tells the policies.</summary>
    public const string Policy = "RateLimit-Policy";

    /// <summary>Name of the field that tells what is left.</summary>
    public const string Limit = "RateLimit";
}
