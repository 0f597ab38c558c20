using System.Collections.Immutable;

namespace Commerce.Api.Security;

/// <summary>Whose tokens (JWT, RFC 7519) are taken, and what they must say.</summary>
sealed record TokenOptions
{
    /// <summary>Signatures that are taken when nothing else is said: those that nobody can make who only can check them.</summary>
    public static readonly ImmutableArray<string> AlgorithmsDefault = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <summary>Who issues them.</summary>
    public required string Issuer { get; init; }

    /// <summary>Whom they are for: us.</summary>
    public required string Audience { get; init; }

    /// <summary>Where the issuer's keys are (a JWK set, RFC 7517): an https address, http on this machine, or a file.</summary>
    public required Uri Keys { get; init; }

    /// <summary>Signatures that are taken; HS256 and the like only where they stand here.</summary>
    public ImmutableArray<string> Algorithms { get; init; } = AlgorithmsDefault;

    /// <summary>How far the issuer's clock may be from ours, either way.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The claim that names the client.</summary>
    public string ClientClaim { get; init; } = "sub";

    /// <summary>The claim that holds its role, alone or among words of others.</summary>
    public string RoleClaim { get; init; } = "role";

    /// <summary>The claim that holds a consumer's customers, as an array or separated by spaces; <c>*</c> stands for every customer.</summary>
    public string CustomersClaim { get; init; } = "customers";
}
