using Commerce.Api.Security;
using Commerce.Commands.Access;

namespace Commerce.Api.Composition;

/// <summary>Who may use the API, from the configuration.</summary>
/// <param name="OperatorKey">A key of an operator that is valid from the first start on; null: keys are made by the command line.</param>
/// <param name="Tokens">Whose tokens are taken beside keys; null: nobody's.</param>
sealed record AccessSettings(ApiKey? OperatorKey, TokenOptions? Tokens)
{
    public const string OperatorKeyKey = "Commerce:Access:OperatorKey";

    /// <summary>Reads and checks them.</summary>
    /// <exception cref="CommerceSettingsException">One of them is not valid.</exception>
    public static AccessSettings Read(IConfiguration configuration) => new(KeyOf(configuration[OperatorKeyKey]), TokenSettings.Read(configuration));

    // The text itself is never repeated: it is a secret, however wrong.
    static ApiKey? KeyOf(string? text) => string.IsNullOrWhiteSpace(text) ? null
        : ApiKey.TryRead(text.Trim()) ?? throw new CommerceSettingsException($"{OperatorKeyKey} is no key as `commerce keys generate` makes them.");
}
