using System.Globalization;
using Es = EventStore.Client;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>A connection string as the official client takes it, in the build with <c>NamedPackages=true</c>.</summary>
static class OfficialClientSettings
{
    /// <summary>
    /// The same server, user and limits. The client is given the string anew, in the letters that it knows: it has no
    /// <c>kurrentdb://</c>, and takes a password and a name as they are written, percent signs included.
    /// </summary>
    /// <exception cref="EventStoreDbConnectionStringException">A host is named by an IPv6 address, which the client cannot read.</exception>
    public static Es.EventStoreClientSettings Of(EventStoreDbConnectionString said)
    {
        if (said.Hosts.Any(h => h.Host.Contains(':', StringComparison.Ordinal)))
            throw new EventStoreDbConnectionStringException("EventStoreDB's connection string gives a host's IPv6 address, which the official client cannot read: give its name.");

        var settings = Es.EventStoreClientSettings.Create(Text(said));
        settings.ConnectionName = said.ConnectionName;
        if (said is { User: { } user, Password: { } password })
            settings.DefaultCredentials = new Es.UserCredentials(user, password);

        return settings;
    }

    static string Text(EventStoreDbConnectionString said) =>
        $"{(said.Discover ? "esdb+discover" : "esdb")}://{string.Join(',', said.Hosts)}"
        + $"?tls={said.Tls}&tlsVerifyCert={said.TlsVerifyCert}&nodePreference={said.NodePreference}"
        + string.Create(CultureInfo.InvariantCulture, $"&maxDiscoverAttempts={said.MaxDiscoverAttempts}")
        + $"&discoveryInterval={Milliseconds(said.DiscoveryInterval)}&gossipTimeout={Milliseconds(said.GossipTimeout)}&defaultDeadline={Milliseconds(said.DefaultDeadline)}"
        + $"&keepAliveInterval={Milliseconds(said.KeepAliveInterval)}&keepAliveTimeout={Milliseconds(said.KeepAliveTimeout)}";

    // For ever is -1, here as there.
    static string Milliseconds(TimeSpan time) => ((int)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
