using Commerce.Domain;

namespace Commerce.Api.Links;

/// <summary>Where short links may lead: to this host, and to those that the configuration allows. A link that led anywhere would lend this host's good name to anybody.</summary>
/// <param name="Hosts">Hosts, with a port where it is not that of https.</param>
sealed record LinkTargets(IReadOnlyList<string> Hosts)
{
    /// <summary>What stands for the order's id in a page's address.</summary>
    public const string OrderPlace = "{order}";

    /// <summary>An order's page when nothing else is said: the order itself.</summary>
    public const string PageDefault = $"/orders/{OrderPlace}";

    /// <summary>Where an order is paid.</summary>
    public string PaymentPage { get; init; } = PageDefault;

    /// <summary>Where an order is followed on its way.</summary>
    public string TrackingPage { get; init; } = PageDefault;

    /// <summary>An order's page.</summary>
    public string PageOf(OrderId order, LinkPage page) => (page == LinkPage.Payment ? PaymentPage : TrackingPage).Replace(OrderPlace, order.ToString(), StringComparison.Ordinal);

    /// <summary>Whether a link may lead there.</summary>
    public bool Allows(string target) =>
        IsRelative(target)
        || (Uri.TryCreate(target, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0 && IsPlain(target)
            && Hosts.Contains(uri.Authority, StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether it is an address of this host. Browsers take two slashes, and a backslash for a slash, for the beginning of another host.</summary>
    public static bool IsRelative(string target) => target.StartsWith('/') && !target.StartsWith("//", StringComparison.Ordinal) && IsPlain(target);

    // A header's value: printable ASCII; what else an address has is escaped in it.
    static bool IsPlain(string target) => target.All(c => c is > ' ' and <= '~' and not '\\');
}

/// <summary>A page of an order.</summary>
enum LinkPage
{
    /// <summary>Where it is paid.</summary>
    Payment,

    /// <summary>Where it is followed on its way.</summary>
    Tracking,
}
