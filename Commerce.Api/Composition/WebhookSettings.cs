using System.Net;
using Commerce.Commands.Webhooks;

namespace Commerce.Api.Composition;

/// <summary>How webhooks are sent, from the configuration.</summary>
static class WebhookSettings
{
    public const string AllowedNetworksKey = "Commerce:Webhooks:AllowedNetworks";
    public const string AllowHttpKey = "Commerce:Webhooks:AllowHttp";

    /// <summary>Networks at most.</summary>
    const int NetworksMax = 100;

    /// <summary>Reads and checks them.</summary>
    /// <exception cref="CommerceSettingsException">One of them is not valid.</exception>
    public static WebhookOptions Read(IConfiguration configuration) => new()
    {
        AllowedNetworks = Networks(configuration[AllowedNetworksKey]),
        IsHttpAllowed = configuration[AllowHttpKey] is { Length: > 0 } text
            && (bool.TryParse(text, out var isAllowed) ? isAllowed : throw new CommerceSettingsException($"{AllowHttpKey} is true or false.")),
    };

    static IPNetwork[] Networks(string? text)
    {
        var texts = text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return texts.Length <= NetworksMax
            ? [.. texts.Select(t => IPNetwork.TryParse(t, out var network) ? network : throw Refused())]
            : throw Refused();
    }

    static CommerceSettingsException Refused() => new($"{AllowedNetworksKey} is a list of networks like 10.1.0.0/16, separated by commas, {NetworksMax} at most.");
}
