using System.Diagnostics.CodeAnalysis;
using Commerce.Api.Http;
using Commerce.Commands.Access;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Security;

/// <summary>Tells from a request who sent it: by <c>Authorization: Bearer</c> with a key of the API.</summary>
sealed class Credentials(KnownKeys keys)
{
    const string Scheme = "Bearer ";

    /// <summary>Who it is.</summary>
    /// <param name="request">The request.</param>
    /// <param name="caller">Who sent it.</param>
    /// <param name="refusal">Why nobody can say.</param>
    /// <returns>Whether it is known who sent it.</returns>
    public bool TryRead(HttpRequest request, [NotNullWhen(true)] out Caller? caller, [NotNullWhen(false)] out Problem? refusal)
    {
        (caller, refusal) = request.Headers[HeaderNames.Authorization] switch
        {
            [] => (null, AccessProblems.Missing),
            [{ } header] when header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) => OfKey(header.AsSpan(Scheme.Length).Trim()),
            _ => (null, AccessProblems.Invalid),
        };
        return caller is not null;
    }

    (Caller? Caller, Problem? Refusal) OfKey(ReadOnlySpan<char> key) => keys.Find(key) switch
    {
        FoundAccess.Granted granted => (new Caller(granted.Grant), null),
        FoundAccess.Ended => (null, AccessProblems.Ended),
        FoundAccess.Unavailable => (null, AccessProblems.Unavailable),
        _ => (null, AccessProblems.Invalid),
    };
}
