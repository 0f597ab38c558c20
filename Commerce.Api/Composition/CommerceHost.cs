using Commerce.Commands;
using Commerce.Commands.Access;
using Commerce.Commands.Customers;
using Commerce.Commands.Embedded;
using Commerce.Commands.EventLog;
using Commerce.Commands.Handling;
using Commerce.Commands.Webhooks;
using Commerce.Domain.Log;
using Microsoft.Extensions.Logging.Console;
using Npgsql;

namespace Commerce.Api.Composition;

/// <summary>What every verb works on: database, log and commands, opened from the settings and closed in reverse.</summary>
sealed class CommerceHost : IAsyncDisposable
{
    readonly EmbeddedPostgres? _embedded;

    readonly OpenedEventLog _log;
    readonly NpgsqlDataSource _keys;

    CommerceHost(CommerceSettings settings, ILoggerFactory logs, EmbeddedPostgres? embedded, Places places, NpgsqlDataSource database, OpenedEventLog log)
    {
        _embedded = embedded;
        _log = log;
        Settings = settings;
        Logs = logs;
        ConnectionString = places.ReadDatabase;
        LogLocation = places.Log;
        Database = database;
        Commands = new CommandProcessor(log.Log, Time, logger: logs.CreateLogger<CommandProcessor>());
        _keys = places.PersonalKeys == places.ReadDatabase ? database : SharedDatabase.Open(places.PersonalKeys);
        var masters = new Lazy<MasterKeys?>(() => settings.PersonalData.Masters ?? (embedded is null ? null : PersonalDataSettings.OfFolder(settings.DataFolder)));
        PersonalKeys = new PostgresPersonalKeys(_keys, masters);
        WebhookKeys = new WebhookKeys(masters);
        Customers = new CustomerDesk(Commands, PersonalKeys);
        Keys = new KeyDesk(Commands, Time);
    }

    /// <summary>What is configured.</summary>
    public CommerceSettings Settings { get; }

    /// <summary>Makes loggers; they write to stderr, which leaves stdout to results.</summary>
    public ILoggerFactory Logs { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = TimeProvider.System;

    /// <summary>How to reach the database. Contains the password: not for logs.</summary>
    public string ConnectionString { get; }

    /// <summary>The database of read models, checkpoints and leases.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>The event log.</summary>
    public IEventLog Log => _log.Log;

    /// <summary>Where it is.</summary>
    public EventLogLocation LogLocation { get; }

    /// <summary>Decides commands against it.</summary>
    public CommandProcessor Commands { get; }

    /// <summary>Keys of customers' personal data.</summary>
    public IPersonalKeys PersonalKeys { get; }

    /// <summary>Keys that webhooks are signed with.</summary>
    public WebhookKeys WebhookKeys { get; }

    /// <summary>Where what is personal is encrypted, read and erased.</summary>
    public CustomerDesk Customers { get; }

    /// <summary>Where keys of the API are made and ended.</summary>
    public KeyDesk Keys { get; }

    /// <summary>Opens it; with no connection string configured, on the private PostgreSQL of the data folder.</summary>
    /// <exception cref="EmbeddedPostgresException">There is none to be had.</exception>
    /// <exception cref="EventLogException">The event log cannot be used, or the database belongs to another one.</exception>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public static async Task<CommerceHost> Open(CommerceSettings settings, CancellationToken cancellationToken)
    {
        var logs = Logging(settings.Configuration);
        EmbeddedPostgres? embedded = null;
        NpgsqlDataSource? database = null;
        OpenedEventLog? log = null;
        try
        {
            embedded = settings.Postgres is null
                ? await EmbeddedPostgres.Attach(new() { DataFolder = settings.DataFolder }, logs.CreateLogger<EmbeddedPostgres>(), cancellationToken).ConfigureAwait(false)
                : null;
            var places = await Places.Of(settings, embedded, cancellationToken).ConfigureAwait(false);
            log = await EventLogs.Open(places.Log, settings.StreamPrefix, TimeProvider.System, logs, cancellationToken).ConfigureAwait(false);
            database = SharedDatabase.Open(places.ReadDatabase);
            await LogBinding.Check(database, places.Log, settings.StreamPrefix, log.Log, cancellationToken).ConfigureAwait(false);
            return new(settings, logs, embedded, places, database, log);
        }
        catch
        {
            await Close(log, database, embedded, logs).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Commands.DisposeAsync().ConfigureAwait(false);
        await _keys.DisposeAsync().ConfigureAwait(false);
        await Close(_log, Database, _embedded, Logs).ConfigureAwait(false);
    }

    static async Task Close(OpenedEventLog? log, NpgsqlDataSource? database, EmbeddedPostgres? embedded, ILoggerFactory logs)
    {
        if (log is not null)
        {
            await log.DisposeAsync().ConfigureAwait(false);
        }

        if (database is not null)
        {
            await database.DisposeAsync().ConfigureAwait(false);
        }

        if (embedded is not null)
        {
            await embedded.DisposeAsync().ConfigureAwait(false);
        }

        logs.Dispose();
    }

    /// <summary>Loggers as the settings want them, on stderr; each line names the trace that it belongs to, where there is one.</summary>
    internal static ILoggerFactory Logging(IConfiguration configuration) => LoggerFactory.Create(logging =>
    {
        // What fails at the start or in a role is thrown to whoever started it, and told there, once.
        logging.AddConfiguration(configuration.GetSection("Logging")).AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.FormatterName = ConsoleFormatterNames.Simple);
        logging.Services.Configure<SimpleConsoleFormatterOptions>(console => (console.SingleLine, console.IncludeScopes) = (true, true));
        logging.Services.Configure<JsonConsoleFormatterOptions>(console => console.IncludeScopes = true);
        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddLogExport(configuration);
    });
}
