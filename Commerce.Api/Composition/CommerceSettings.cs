using Commerce.Api.Admission;
using Commerce.Api.Hardening;
using Commerce.Api.Links;
using Commerce.Api.Webhooks;
using Commerce.Commands.EventLog;
using Commerce.Commands.Payments;
using Commerce.Commands.Payments.Scanning;
using Commerce.Commands.Reconciliation;
using Commerce.Commands.Sealing;
using Commerce.Commands.Webhooks;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Api.Composition;

/// <summary>Everything that is configured, checked at the start. Names of the environment: <c>Commerce__Bus</c> for <c>Commerce:Bus</c>.</summary>
sealed record CommerceSettings
{
    /// <summary>Where it serves when nothing else is said: this machine only.</summary>
    public const string UrlsDefault = "http://127.0.0.1:5080";

    /// <summary>Folder of the private PostgreSQL when nothing else is said.</summary>
    public const string DataDefault = ".commerce";

    public const string PostgresKey = "ConnectionStrings:Postgres";
    public const string EventLogKey = "Commerce:EventLog";
    public const string StreamPrefixKey = "Commerce:StreamPrefix";
    public const string BusKey = "Commerce:Bus";
    public const string RolesKey = "Commerce:Roles";
    public const string DataKey = "Commerce:Data";
    public const string UrlsKey = "Urls";
    public const string GrpcUrlsKey = "Commerce:GrpcUrls";
    public const string SandboxKey = "Commerce:Payments:Sandbox";
    public const string ProviderKey = "Commerce:Payments:Provider";
    public const string AskAfterKey = "Commerce:Payments:AskAfter";
    public const string BreakerOpensKey = "Commerce:Payments:BreakerOpens";
    public const string ReconciliationHourKey = "Commerce:Reconciliation:Hour";

    /// <summary>Npgsql connection string; null: a private server is started in <see cref="DataFolder"/>.</summary>
    public string? Postgres { get; init; }

    /// <summary>Where the event log is; null: in the database of the read models.</summary>
    public EventLogLocation? EventLog { get; init; }

    /// <summary>What stands before every stream name in a log that others use as well; null: nothing, the log is this installation's alone.</summary>
    public StreamPrefix? StreamPrefix { get; init; }

    /// <summary>Folder of the private server.</summary>
    public string DataFolder { get; init; } = DataDefault;

    /// <summary>The broker; null: the in-memory transport of this process.</summary>
    public Uri? Bus { get; init; }

    /// <summary>What this process does.</summary>
    public Roles Roles { get; init; } = Roles.All;

    /// <summary>Addresses to serve on, separated by semicolons.</summary>
    public string Urls { get; init; } = UrlsDefault;

    /// <summary>
    /// Addresses for gRPC alone, separated by semicolons, without TLS: HTTP/1 and HTTP/2 share a port only with it (RFC 9113, 3.3). Empty: none;
    /// null: for each address of <see cref="Urls"/> without TLS the port after its own.
    /// </summary>
    public string? GrpcUrls { get; init; }

    /// <summary>Whether the sandbox payment provider runs in this process and is used.</summary>
    public bool IsSandbox { get; init; }

    /// <summary>Base address of the payment provider; null with the sandbox.</summary>
    public Uri? PaymentProvider { get; init; }

    /// <summary>What a fulfilment starts with.</summary>
    public FulfilmentPolicy Fulfilment { get; init; } = FulfilmentPolicy.Default;

    /// <summary>How long the provider's answer may take before it is asked for.</summary>
    public TimeSpan AskAfter { get; init; } = new ScanOptions().ScanAfter;

    /// <summary>How long nobody asks a provider that fails, before one call tries again.</summary>
    public TimeSpan BreakerOpens { get; init; } = new HttpPaymentProviderOptions().BreakerOpens;

    /// <summary>Hour (UTC, 0 to 23) from which the day before is reconciled with the provider.</summary>
    public int ReconciliationHour { get; init; } = new ReconciliationOptions().Hour;

    /// <summary>Whose callbacks are taken.</summary>
    public CallbackSource Callbacks { get; init; } = new(CallbackSettings.ProviderNameDefault, []);

    /// <summary>How much is let in.</summary>
    public AdmissionOptions Admission { get; init; } = new();

    /// <summary>What clients, browsers and proxies are allowed.</summary>
    public HttpOptions Http { get; init; } = new();

    /// <summary>How the log is sealed.</summary>
    public SealingOptions Sealing { get; init; } = new();

    /// <summary>What customers' keys are stored with, and where.</summary>
    public PersonalDataSettings PersonalData { get; init; } = new(null, null);

    /// <summary>Who may use the API.</summary>
    public AccessSettings Access { get; init; } = new(null, null);
    /// <summary>How webhooks are sent.</summary>
    public WebhookOptions Webhooks { get; init; } = new();

    /// <summary>Where short links may lead.</summary>
    public LinkTargets Links { get; init; } = new([]);

    /// <summary>All of the configuration, for logging levels and the like.</summary>
    public required IConfiguration Configuration { get; init; }

    /// <summary>appsettings.json beside the executable, then the environment, then <paramref name="overrides"/>; the later wins.</summary>
    public static IConfigurationRoot ReadSources(IEnumerable<KeyValuePair<string, string?>> overrides) => new ConfigurationBuilder()
        .SetBasePath(AppContext.BaseDirectory)
        .AddJsonFile("appsettings.json", optional: true)
        .AddJsonFile($"appsettings.{EnvironmentName}.json", optional: true)
        .AddEnvironmentVariables("DOTNET_")
        .AddEnvironmentVariables("ASPNETCORE_")
        .AddEnvironmentVariables()
        .AddInMemoryCollection(overrides)
        .Build();

    /// <summary>Reads and checks them.</summary>
    /// <exception cref="CommerceSettingsException">One of them is not valid.</exception>
    public static CommerceSettings Read(IConfiguration configuration) => ReadAny(configuration).Checked();

    /// <summary>Reads and checks what concerns the database, for verbs that play no role.</summary>
    /// <exception cref="CommerceSettingsException">One of them is not valid.</exception>
    public static CommerceSettings ReadWithoutRoles(IConfiguration configuration) => ReadAny(configuration) with { Roles = Roles.None };

    static CommerceSettings ReadAny(IConfiguration configuration)
    {
        var postgres = NullIfEmpty(configuration[PostgresKey]);
        var provider = Provider(NullIfEmpty(configuration[ProviderKey]));
        var isDevelopment = EnvironmentName == Environments.Development || postgres is null;
        var isSandbox = Flag(SandboxKey, NullIfEmpty(configuration[SandboxKey])) ?? (isDevelopment && provider is null);
        return new CommerceSettings
        {
            Postgres = postgres is null ? null : ConnectionString(postgres),
            EventLog = EventLogOf(NullIfEmpty(configuration[EventLogKey])),
            StreamPrefix = StreamPrefixOf(NullIfEmpty(configuration[StreamPrefixKey])),
            DataFolder = NullIfEmpty(configuration[DataKey]) ?? DataDefault,
            Bus = BusOf(NullIfEmpty(configuration[BusKey])),
            Roles = RolesOf(NullIfEmpty(configuration[RolesKey])),
            Urls = UrlsOf(UrlsKey, NullIfEmpty(configuration[UrlsKey])) ?? UrlsDefault,
            GrpcUrls = NullIfEmpty(configuration[GrpcUrlsKey]) is "none" ? string.Empty : UrlsOf(GrpcUrlsKey, NullIfEmpty(configuration[GrpcUrlsKey])),
            IsSandbox = isSandbox,
            PaymentProvider = provider,
            Fulfilment = FulfilmentSettings.Read(configuration),
            AskAfter = AskAfterOf(NullIfEmpty(configuration[AskAfterKey])) ?? new ScanOptions().ScanAfter,
            BreakerOpens = BreakerOpensOf(NullIfEmpty(configuration[BreakerOpensKey])) ?? new HttpPaymentProviderOptions().BreakerOpens,
            ReconciliationHour = HourOf(NullIfEmpty(configuration[ReconciliationHourKey])) ?? new ReconciliationOptions().Hour,
            Callbacks = CallbackSettings.Read(configuration, isSandbox),
            Admission = AdmissionSettings.Read(configuration),
            Http = HttpSettings.Read(configuration, NullIfEmpty(configuration[UrlsKey])),
            Sealing = SealingSettings.Read(configuration),
            PersonalData = PersonalDataSettings.Read(configuration),
            Access = AccessSettings.Read(configuration),
            Webhooks = WebhookSettings.Read(configuration),
            Links = LinkSettings.Read(configuration),
            Configuration = configuration,
        };
    }

    static string EnvironmentName =>
        Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environments.Production;

    CommerceSettings Checked()
    {
        if (Bus is null && Roles.HasFlag(Roles.Relay) != Roles.HasFlag(Roles.Sagas))
        {
            throw new CommerceSettingsException("The in-memory bus reaches one process only: play relay and sagas together, or name a broker with --bus.");
        }

        if (Roles.HasFlag(Roles.Sagas) && !IsSandbox && PaymentProvider is null)
        {
            throw new CommerceSettingsException($"The role sagas needs a payment provider: set {ProviderKey}, or {SandboxKey}=true outside production.");
        }

        return this;
    }

    static string ConnectionString(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text).ConnectionString;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new CommerceSettingsException($"{PostgresKey} is no Npgsql connection string (Host=…;Database=…;Username=…): {e.Message}");
        }
    }

    static EventLogLocation? EventLogOf(string? text)
    {
        try
        {
            return text is null or "postgresql" or "postgres" ? null : EventLogLocation.Parse(text);
        }
        catch (EventLogException e)
        {
            throw new CommerceSettingsException($"{EventLogKey} cannot be used: {e.Message}");
        }
    }

    static StreamPrefix? StreamPrefixOf(string? text) => text is null ? null
        : Commands.EventLog.StreamPrefix.TryParse(text, null, out var prefix) ? prefix
        : throw new CommerceSettingsException($"{StreamPrefixKey} '{text}' is none: {Commands.EventLog.StreamPrefix.Rule}");

    static Uri? BusOf(string? text) => text switch
    {
        null or "inmemory" => null,
        _ when Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "rabbitmq" or "rabbitmqs" or "amqp" or "amqps" => uri,
        _ => throw new CommerceSettingsException($"{BusKey} is inmemory or rabbitmq://user:password@host:port/vhost."),
    };

    static Uri? Provider(string? text) => text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri
        : throw new CommerceSettingsException($"{ProviderKey} is an http or https address.");

    static bool? Flag(string key, string? text) => text is null ? null
        : bool.TryParse(text, out var value) ? value
        : throw new CommerceSettingsException($"{key} is true or false.");

    static TimeSpan? AskAfterOf(string? text) => text is null ? null
        : TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var time) && time >= TimeSpan.FromSeconds(1) && time <= TimeSpan.FromDays(1) ? time
        : throw new CommerceSettingsException($"{AskAfterKey} is a time like 00:01:00, from a second to a day.");

    static TimeSpan? BreakerOpensOf(string? text) => text is null ? null
        : TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var time) && time >= TimeSpan.FromSeconds(0.5) && time <= TimeSpan.FromHours(1) ? time
        : throw new CommerceSettingsException($"{BreakerOpensKey} is a time like 00:00:30, from half a second to an hour.");

    static int? HourOf(string? text) => text is null ? null
        : int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var hour) && hour <= 23 ? hour
        : throw new CommerceSettingsException($"{ReconciliationHourKey} is a whole number from 0 to 23.");

    // Kestrel takes more than addresses (http://*:80), but never without a scheme and two slashes.
    static string? UrlsOf(string key, string? text) => text is null ? null
        : text.Split(';').All(url => url.TrimStart().StartsWith("http://", StringComparison.OrdinalIgnoreCase) || url.TrimStart().StartsWith("https://", StringComparison.OrdinalIgnoreCase)) ? text
        : throw new CommerceSettingsException($"{key} is a list of addresses like {UrlsDefault}, separated by semicolons.");

    static Roles RolesOf(string? text)
    {
        var names = text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names is null ? Roles.All
            : names.Length == 0 ? throw new CommerceSettingsException($"{RolesKey} names no roles: it is a list of api, sagas, relay, projections.")
            : names.Aggregate(Roles.None, (roles, name) => roles | RoleOf(name));
    }

    static Roles RoleOf(string name) => name.ToUpperInvariant() switch
    {
        "API" => Roles.Api,
        "SAGAS" => Roles.Sagas,
        "RELAY" => Roles.Relay,
        "PROJECTIONS" => Roles.Projections,
        _ => throw new CommerceSettingsException($"'{name}' is no role: {RolesKey} is a list of api, sagas, relay, projections."),
    };

    static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
