using Commerce.Api.Webhooks;
using Commerce.Commands.Webhooks;

namespace Commerce.Api.Composition;

/// <summary>Whose callbacks are taken and what they are signed with, from the configuration.</summary>
static class CallbackSettings
{
    /// <summary>The provider's name when nothing else is said.</summary>
    public const string ProviderNameDefault = "provider";

    /// <summary>That of the sandbox.</summary>
    public const string SandboxNameDefault = "sandbox";

    public const string ProviderNameKey = "Commerce:Payments:ProviderName";
    public const string SecretsKey = "Commerce:Payments:CallbackSecrets";

    const int ProviderNameLengthMax = 50;

    /// <summary>Secrets that are valid at once: the old, the new, and one to spare.</summary>
    const int SecretsMax = 3;

    /// <summary>Reads and checks them.</summary>
    /// <exception cref="CommerceSettingsException">One of them is not valid.</exception>
    public static CallbackSource Read(IConfiguration configuration, bool isSandbox) =>
        new(ProviderName(configuration[ProviderNameKey]) ?? (isSandbox ? SandboxNameDefault : ProviderNameDefault), Secrets(configuration[SecretsKey]));

    static string? ProviderName(string? text) => string.IsNullOrWhiteSpace(text) ? null
        : text.Length <= ProviderNameLengthMax && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') ? text
        : throw new CommerceSettingsException($"{ProviderNameKey} has 1 to {ProviderNameLengthMax} lower-case letters, digits and dashes.");

    // The text itself is never repeated: it is a secret, however wrong.
    static WebhookSecret[] Secrets(string? text)
    {
        var texts = text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return texts.Length <= SecretsMax
            ? [.. texts.Select(t => WebhookSecret.TryParse(t, out var secret) ? secret : throw new CommerceSettingsException($"{SecretsKey} cannot be used: {WebhookSecret.Rule}"))]
            : throw new CommerceSettingsException($"{SecretsKey} names {SecretsMax} secrets at most, separated by commas.");
    }
}
