using Commerce.Api.Admission;
using Commerce.Api.Http;
using Commerce.Commands.Access;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Security;

/// <summary>Tells from a request who sent it: by <c>Authorization: Bearer</c> with a key of the API, or a token where tokens are taken.</summary>
sealed class Credentials(KnownKeys keys, RefusalQuota refusals, Tokens? tokens)
{
    const string Scheme = "Bearer ";

    /// <summary>Who it is, or why nobody can say. A key is told at once; only a token that comes for the first time takes work.</summary>
    public ValueTask<(Caller? Caller, Problem? Refusal)> Read(HttpContext context) => context.Request.Headers[HeaderNames.Authorization] switch
    {
        [] => new((null, AccessProblems.Missing)),
        [{ } header] when header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) => OfText(header.AsSpan(Scheme.Length).Trim(), context),
        _ => new((null, AccessProblems.Invalid)),
    };

    ValueTask<(Caller? Caller, Problem? Refusal)> OfText(ReadOnlySpan<char> text, HttpContext context) =>
        tokens is not null && Tokens.IsOne(text) ? OfToken(tokens, text.ToString(), context) : new(OfKey(text));

    // Checking a signature costs: who was refused too often has no more of them checked, while tokens that are known pass.
    ValueTask<(Caller? Caller, Problem? Refusal)> OfToken(Tokens taken, string token, HttpContext context) =>
        taken.Known(token) is { } known ? new((known, null))
        : refusals.HasLeft(context) ? taken.Check(token)
        : new((null, AccessProblems.Invalid));

    (Caller? Caller, Problem? Refusal) OfKey(ReadOnlySpan<char> key) => keys.Find(key) switch
    {
        FoundAccess.Granted granted => (new Caller(granted.Grant), null),
        FoundAccess.Ended => (null, AccessProblems.Ended),
        FoundAccess.Unavailable => (null, AccessProblems.Unavailable),
        _ => (null, AccessProblems.Invalid),
    };
}
