using System.CommandLine;
using Commerce.Api.Composition;

namespace Commerce.Api.Cli;

/// <summary>Options that every verb takes. What is not given comes from the environment, then from appsettings.json.</summary>
static class SharedOptions
{
    static readonly Option<string> Data = Text("--data", "DIR", "Folder of the private PostgreSQL that runs when no connection string is configured (default .commerce).");
    static readonly Option<string> Log = Text("--log", "URL", "Event log: postgresql (default), in the database of the read models; esdb://host:port?tls=…, kurrentdb://… or postgresql://… for one of its own.");
    static readonly Option<string> StreamPrefix = Text("--stream-prefix", "PREFIX", "Stands before every stream name, in a log that others use as well, e.g. shop1. (default none).");
    static readonly Option<string> Bus = Text("--bus", "URL", "Message bus: inmemory (default) or rabbitmq://user:password@host:port/vhost.");
    static readonly Option<string> Postgres = Text("--postgres", "CONNSTR", "PostgreSQL to use, as an Npgsql connection string; none: a private one is started.");
    static readonly Option<string> Urls = Text("--urls", "URLS", $"Addresses to serve on (default {CommerceSettings.UrlsDefault}).");
    static readonly Option<string> Roles = Text("--roles", "LIST", "Which of api,sagas,relay,projections this process plays (default all).");

    static readonly (Option<string> Option, string Key)[] Keys =
    [
        (Data, CommerceSettings.DataKey), (Log, CommerceSettings.EventLogKey), (StreamPrefix, CommerceSettings.StreamPrefixKey), (Bus, CommerceSettings.BusKey),
        (Postgres, CommerceSettings.PostgresKey), (Urls, CommerceSettings.UrlsKey), (Roles, CommerceSettings.RolesKey),
    ];

    /// <summary>Every one, for the root command.</summary>
    public static IEnumerable<Option> All => Keys.Select(k => k.Option);

    /// <summary>Settings from appsettings.json, the environment and the command line; the later wins.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="more">What the verb itself sets.</param>
    /// <exception cref="CommerceSettingsException">One of them is not valid.</exception>
    public static CommerceSettings Settings(ParseResult parsed, params IEnumerable<KeyValuePair<string, string?>> more) =>
        CommerceSettings.Read(Sources(parsed, more));

    /// <summary>The same for verbs that work on the log alone and play no role.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="more">What the verb itself sets.</param>
    /// <exception cref="CommerceSettingsException">One of them is not valid.</exception>
    public static CommerceSettings SettingsWithoutRoles(ParseResult parsed, params IEnumerable<KeyValuePair<string, string?>> more) =>
        CommerceSettings.ReadWithoutRoles(Sources(parsed, more));

    static IConfigurationRoot Sources(ParseResult parsed, IEnumerable<KeyValuePair<string, string?>> more) => CommerceSettings.ReadSources(
        Keys.Select(k => KeyValuePair.Create(k.Key, parsed.GetValue(k.Option))).Where(k => k.Value is not null).Concat(more));

    static Option<string> Text(string name, string argument, string description) =>
        new(name) { HelpName = argument, Description = description, Recursive = true };
}
