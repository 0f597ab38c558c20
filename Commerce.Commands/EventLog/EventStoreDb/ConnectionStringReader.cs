using System.Globalization;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>Reads connection strings. No message repeats what could be part of a password.</summary>
static class ConnectionStringReader
{
    static readonly (string Scheme, bool Discover)[] Schemes =
        [("esdb", false), ("esdb+discover", true), ("kurrentdb", false), ("kurrentdb+discover", true)];

    delegate EventStoreDbConnectionString Setting(EventStoreDbConnectionString read, string key, string value);

    static readonly Dictionary<string, Setting> Settings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["tls"] = (c, key, value) => c with { Tls = Bool(key, value) },
        ["tlsVerifyCert"] = (c, key, value) => c with { TlsVerifyCert = Bool(key, value) },
        ["connectionName"] = (c, key, value) => c with { ConnectionName = Name(key, value) },
        ["defaultDeadline"] = (c, key, value) => c with { DefaultDeadline = Milliseconds(key, value) },
        ["nodePreference"] = (c, key, value) => c with { NodePreference = Preference(key, value) },
        ["maxDiscoverAttempts"] = (c, key, value) => c with { MaxDiscoverAttempts = Number(key, value) },
        ["discoveryInterval"] = (c, key, value) => c with { DiscoveryInterval = Milliseconds(key, value) },
        ["gossipTimeout"] = (c, key, value) => c with { GossipTimeout = Milliseconds(key, value) },
        ["keepAliveInterval"] = (c, key, value) => c with { KeepAliveInterval = SecondsOrNever(key, value) },
        ["keepAliveTimeout"] = (c, key, value) => c with { KeepAliveTimeout = SecondsOrNever(key, value) },
    };

    public static EventStoreDbConnectionString Read(string text)
    {
        var (scheme, rest) = Cut(text.Trim(), "://");
        var known = Schemes.FirstOrDefault(s => s.Scheme.Equals(scheme, StringComparison.OrdinalIgnoreCase));
        if (known.Scheme is null || rest is null)
            throw Wrong($"does not begin with one of {string.Join(", ", Schemes.Select(s => s.Scheme + "://"))}");

        var (authority, query) = Cut(rest, "?");
        if (query?.Contains('@', StringComparison.Ordinal) == true)
            throw Wrong("holds an @ behind the question mark: special characters of user, password and settings must be percent-encoded");

        var at = authority.LastIndexOf('@');
        var hosts = authority[(at + 1)..].TrimEnd('/').Split(',').Select(Host).ToList();
        var read = new EventStoreDbConnectionString { Hosts = hosts, Discover = known.Discover || hosts.Count > 1 };
        if (at >= 0)
            read = WithUser(read, authority[..at]);

        return WithSettings(read, query ?? "");
    }

    static EventStoreDbConnectionString WithUser(EventStoreDbConnectionString read, string text)
    {
        var (user, password) = Cut(text, ":");
        return user.Length > 0 && password is { Length: > 0 }
            ? read with { User = Uri.UnescapeDataString(user), Password = Uri.UnescapeDataString(password) }
            : throw Wrong("has an @ but no user:password before it");
    }

    static EventStoreDbConnectionString WithSettings(EventStoreDbConnectionString read, string query)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = Cut(setting, "=");
            if (!Settings.TryGetValue(key, out var apply))
                throw Wrong($"holds the unknown setting '{key}'; known are {string.Join(", ", Settings.Keys)}");
            if (!seen.Add(key))
                throw Wrong($"holds the setting '{key}' twice");

            read = apply(read, key, Uri.UnescapeDataString(value ?? ""));
        }

        return read;
    }

    static NodeAddress Host(string text)
    {
        var colon = text.EndsWith(']') ? -1 : text.LastIndexOf(':');
        var (host, port) = colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
        host = host is ['[', .. var v6, ']'] ? v6 : host;
        var number = EventStoreDbConnectionString.DefaultPort;
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            throw Wrong("names no host, or one that cannot be a host's name");
        if (port is not null && (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number is < 1 or > ushort.MaxValue))
            throw Wrong($"gives the host {host} a port that is no number from 1 to {ushort.MaxValue}");

        return new(host, number);
    }

    static bool Bool(string key, string value) =>
        bool.TryParse(value, out var is_) ? is_ : throw Wrong($"sets '{key}' to something other than true or false");

    static string Name(string key, string value) =>
        value.Length is > 0 and <= 200 && value.All(c => c is >= ' ' and <= '~') ? value : throw Wrong($"sets '{key}' to something other than 1 to 200 printable ASCII characters");

    static int Number(string key, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw Wrong($"sets '{key}' to something other than a number from 1 on");

    static TimeSpan Milliseconds(string key, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? TimeSpan.FromMilliseconds(number)
            : throw Wrong($"sets '{key}' to something other than a number of milliseconds from 1 on");

    // The base library's HTTP/2 asks no more often than each second and waits no shorter.
    static TimeSpan SecondsOrNever(string key, string value) =>
        value == "-1" ? Timeout.InfiniteTimeSpan
        : Milliseconds(key, value) is var time && time >= TimeSpan.FromSeconds(1) ? time
        : throw Wrong($"sets '{key}' to less than 1000 milliseconds, and not to -1, which is never");

    static NodePreference Preference(string key, string value) =>
        Enum.GetNames<NodePreference>().FirstOrDefault(n => n.Equals(value, StringComparison.OrdinalIgnoreCase)) is { } name
            ? Enum.Parse<NodePreference>(name)
            : throw Wrong($"sets '{key}' to something other than leader, follower, random or readOnlyReplica");

    static (string Before, string? After) Cut(string text, string mark) =>
        text.IndexOf(mark, StringComparison.Ordinal) is var at and >= 0 ? (text[..at], text[(at + mark.Length)..]) : (text, null);

    static EventStoreDbConnectionStringException Wrong(string what) => new($"EventStoreDB's connection string {what}.");
}
