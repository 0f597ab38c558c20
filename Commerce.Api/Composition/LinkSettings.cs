using Commerce.Api.Links;

namespace Commerce.Api.Composition;

/// <summary>Where short links may lead, from the configuration.</summary>
static class LinkSettings
{
    public const string HostsKey = "Commerce:Links:Hosts";
    public const string PaymentPageKey = "Commerce:Links:PaymentPage";
    public const string TrackingPageKey = "Commerce:Links:TrackingPage";

    /// <summary>Hosts at most.</summary>
    const int HostsMax = 100;

    /// <summary>Reads and checks them.</summary>
    /// <exception cref="CommerceSettingsException">One of them is not valid.</exception>
    public static LinkTargets Read(IConfiguration configuration)
    {
        var hosts = configuration[HostsKey]?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return hosts.Length <= HostsMax && hosts.All(IsHost)
            ? new(hosts)
            {
                PaymentPage = Page(configuration, PaymentPageKey) ?? LinkTargets.PageDefault,
                TrackingPage = Page(configuration, TrackingPageKey) ?? LinkTargets.PageDefault,
            }
            : throw new CommerceSettingsException($"{HostsKey} is a list of hosts like shop.example.org or shop.example.org:8443, separated by commas, {HostsMax} at most.");
    }

    static bool IsHost(string host) => Uri.TryCreate($"https://{host}/", UriKind.Absolute, out var uri) && uri.Authority.Equals(host, StringComparison.OrdinalIgnoreCase) && uri.UserInfo.Length == 0;

    static string? Page(IConfiguration configuration, string key) => configuration[key] is not { Length: > 0 } text ? null
        : text.Contains(LinkTargets.OrderPlace, StringComparison.Ordinal) && (LinkTargets.IsRelative(text) || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http")) ? text
        : throw new CommerceSettingsException($"{key} is an address with {LinkTargets.OrderPlace} in it, like https://shop.example.org/pay/{LinkTargets.OrderPlace} or {LinkTargets.PageDefault}.");
}
