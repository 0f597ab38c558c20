using Commerce.Api.Http;

namespace Commerce.Api.Security;

/// <summary>Why somebody is not let in. Which of them is told helps nobody who guesses: a key that is none, one of nobody and one with another secret are the same.</summary>
static class AccessProblems
{
    public static readonly Problem Missing = new(401, "credentials-missing", "Say who you are: `Authorization: Bearer` and a key of the API, or a token.");
    public static readonly Problem Invalid = new(401, "credentials-invalid", "These credentials are none that are valid here.");
    public static readonly Problem Ended = new(401, "credentials-ended", "These credentials were valid once: they have expired or were revoked.");
    public static readonly Problem RoleMissing = new(403, "role-missing", "This client's role does not allow that.");
    public static readonly Problem CustomerForeign = new(403, "customer-foreign", "This customer is none of those that this client may act for.");
    public static readonly Problem TooMany = new(429, "too-many-refusals", "From this address came too many requests without valid credentials.");
    public static readonly Problem Unavailable = new(503, "keys-unavailable", "Which keys are valid cannot be read now.") { RetryAfter = TimeSpan.FromSeconds(1) };
}
