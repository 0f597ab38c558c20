using System.Collections.Immutable;
using System.Globalization;
using Commerce.Api.Security;

namespace Commerce.Api.Composition;

/// <summary>Whose tokens are taken, from the configuration.</summary>
static class TokenSettings
{
    public const string IssuerKey = "Commerce:Access:Tokens:Issuer";
    public const string AudienceKey = "Commerce:Access:Tokens:Audience";
    public const string KeysKey = "Commerce:Access:Tokens:Keys";
    public const string AlgorithmsKey = "Commerce:Access:Tokens:Algorithms";
    public const string ClockSkewSecondsKey = "Commerce:Access:Tokens:ClockSkewSeconds";
    public const string ClientClaimKey = "Commerce:Access:Tokens:ClientClaim";
    public const string RoleClaimKey = "Commerce:Access:Tokens:RoleClaim";
    public const string CustomersClaimKey = "Commerce:Access:Tokens:CustomersClaim";

    const int ClockSkewSecondsMax = 300;

    /// <summary>What can be configured; <c>none</c> cannot.</summary>
    static readonly string[] AlgorithmsKnown = [.. TokenOptions.AlgorithmsDefault, "HS256", "HS384", "HS512"];

    /// <summary>Reads and checks them; null: no tokens are taken.</summary>
    /// <exception cref="CommerceSettingsException">One of them is missing or not valid.</exception>
    public static TokenOptions? Read(IConfiguration configuration)
    {
        string? Text(string key) => configuration[key]?.Trim() is { Length: > 0 } text ? text : null;

        if (new[] { IssuerKey, AudienceKey, KeysKey }.All(key => Text(key) is null))
        {
            return null;
        }

        var options = new TokenOptions
        {
            Issuer = Text(IssuerKey) ?? throw Missing(IssuerKey),
            Audience = Text(AudienceKey) ?? throw Missing(AudienceKey),
            Keys = KeysOf(Text(KeysKey) ?? throw Missing(KeysKey)),
        };
        return options with
        {
            Algorithms = Text(AlgorithmsKey) is { } algorithms ? AlgorithmsOf(algorithms) : options.Algorithms,
            ClockSkew = SecondsOf(Text(ClockSkewSecondsKey)) is { } seconds ? TimeSpan.FromSeconds(seconds) : options.ClockSkew,
            ClientClaim = Text(ClientClaimKey) ?? options.ClientClaim,
            RoleClaim = Text(RoleClaimKey) ?? options.RoleClaim,
            CustomersClaim = Text(CustomersClaimKey) ?? options.CustomersClaim,
        };
    }

    // None at all would mean to the checker that any will do.
    static ImmutableArray<string> AlgorithmsOf(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } named && named.All(AlgorithmsKnown.Contains) ? [.. named]
        : throw new CommerceSettingsException($"{AlgorithmsKey} names some of {string.Join(", ", AlgorithmsKnown)}, separated by commas.");

    // What says which signatures are right may not come over a wire that anybody can write to.
    static Uri KeysOf(string text) =>
        Path.IsPathRooted(text) ? new Uri(text)
        : Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.IsFile || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)) ? uri
        : throw new CommerceSettingsException($"{KeysKey} is an https address, or the absolute path of a file, with a JWK set.");

    static int? SecondsOf(string? text) =>
        text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= ClockSkewSecondsMax ? seconds
        : throw new CommerceSettingsException($"{ClockSkewSecondsKey} is 0 to {ClockSkewSecondsMax}.");

    static CommerceSettingsException Missing(string key) => new($"{key} is missing: tokens are taken of one issuer, for one audience, by keys that are known.");
}
