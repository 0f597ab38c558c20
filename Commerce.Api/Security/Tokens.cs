using System.Security.Cryptography;
using System.Text;
using Commerce.Api.Http;
using Commerce.Domain;
using Commerce.Domain.Access;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Commerce.Api.Security;

/// <summary>
/// Tells from a token (JWT) who comes with it. Checking a signature takes some hundred microseconds of a processor, so a token that was
/// checked is known for a minute, or until it ends where that is sooner.
/// </summary>
sealed class Tokens(TokenOptions options, IssuerKeys keys, TimeProvider time) : IDisposable
{
    /// <summary>Characters of a token at most: beyond it is more than a client's name, role and customers.</summary>
    public const int LengthMax = 8 * 1024;

    /// <summary>Tokens that are known at once.</summary>
    const int KnownMax = 10_000;

    /// <summary>Characters of a client's name in a token.</summary>
    const int ClientLengthMax = 200;

    /// <summary>What stands before a client's name in the log: nobody issues a token that is taken for the owner of a key.</summary>
    const string ClientPrefix = "jwt:";

    /// <summary>How long a token is known without being checked again: so long a signing key that the issuer withdrew is still good, beside <see cref="IssuerKeys.ReadEvery"/>.</summary>
    static readonly TimeSpan KnownFor = TimeSpan.FromMinutes(1);

    static readonly (Caller?, Problem?) Invalid = (null, AccessProblems.Invalid);

    readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = LengthMax };
    readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = KnownMax });

    /// <summary>Whether the text looks like a token: three parts with dots between.</summary>
    public static bool IsOne(ReadOnlySpan<char> text) => text.Length <= LengthMax && text.Count('.') == 2;

    /// <summary>Who comes with a token that was checked a moment ago; null: it was not.</summary>
    public Caller? Known(string token) => _known.TryGetValue(HashOf(token), out var known) ? known as Caller : null;

    /// <summary>Who comes with a token, or why nobody can say.</summary>
    public async ValueTask<(Caller? Caller, Problem? Refusal)> Check(string token)
    {
        if (keys.Known is not { } signing)
        {
            return (null, AccessProblems.Unavailable);
        }

        var result = await _handler.ValidateTokenAsync(token, Rules(signing)).ConfigureAwait(false);
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt)
        {
            if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
            {
                keys.Ask();
            }

            return Invalid;
        }

        // Only who has a token that was signed is told that it has ended.
        var now = time.GetUtcNow();
        if (jwt.ValidTo + options.ClockSkew <= now.UtcDateTime)
        {
            return (null, AccessProblems.Ended);
        }

        var (caller, refusal) = CallerOf(jwt);
        if (caller is not null)
        {
            var until = new DateTimeOffset(jwt.ValidTo) + options.ClockSkew;
            _known.Set(HashOf(token), caller, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpiration = until < now + KnownFor ? until : now + KnownFor });
        }

        return (caller, refusal);
    }

    /// <inheritdoc/>
    public void Dispose() => _known.Dispose();

    // Its end is looked at afterwards, by the clock that everything else goes by.
    TokenValidationParameters Rules(IEnumerable<SecurityKey> signing) => new()
    {
        ValidIssuer = options.Issuer,
        ValidAudience = options.Audience,
        ValidAlgorithms = options.Algorithms,
        IssuerSigningKeys = signing,
        TryAllIssuerSigningKeys = false,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        LifetimeValidator = (notBefore, expires, _, _) => expires is not null && !(notBefore - options.ClockSkew > time.GetUtcNow().UtcDateTime),
    };

    (Caller?, Problem?) CallerOf(JsonWebToken jwt)
    {
        var client = Values(jwt, options.ClientClaim);
        var roles = Values(jwt, options.RoleClaim).SelectMany(RolesOf).Distinct().ToList();
        if (client is not [{ Length: > 0 and <= ClientLengthMax } name] || name.Any(c => c is <= ' ' or > '~'))
        {
            return Invalid;
        }

        if (roles is not [var role])
        {
            return (null, AccessProblems.RoleMissing);
        }

        var customers = role == AccessRole.Consumer ? Values(jwt, options.CustomersClaim).SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Distinct().ToList() : [];
        var every = customers is ["*"];
        var own = every ? [] : customers.Where(text => CustomerId.TryParse(text, null, out _)).Take(AccessKeys.CustomersMax).Select(CustomerId.Of);
        return (new Caller(new AccessGrant(ClientPrefix + name, role) { Customers = [.. own], EveryCustomer = every }), null);
    }

    static IEnumerable<AccessRole> RolesOf(string text) =>
        Enum.GetValues<AccessRole>().Where(role => text.Split(' ').Contains(Endpoints.Words.Of(role)));

    static IReadOnlyList<string> Values(JsonWebToken jwt, string claim) => [.. jwt.Claims.Where(c => c.Type == claim).Select(c => c.Value)];

    // The token itself stays nowhere.
    static string HashOf(string token) => Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
}
