using Commerce.Commands.Embedded;
using Commerce.Commands.EventLog.Postgres;
using Commerce.Commands.Handling;
using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Api.Composition;

/// <summary>What every verb works on: database, log and commands, opened from the settings and closed in reverse.</summary>
sealed class CommerceHost : IAsyncDisposable
{
    readonly EmbeddedPostgres? _embedded;

    readonly PostgresEventLog _log;

    CommerceHost(CommerceSettings settings, ILoggerFactory logs, EmbeddedPostgres? embedded, string connectionString, PostgresEventLog log)
    {
        _embedded = embedded;
        _log = log;
        Settings = settings;
        Logs = logs;
        ConnectionString = connectionString;
        Database = NpgsqlDataSource.Create(connectionString);
        Commands = new CommandProcessor(log, Time, logger: logs.CreateLogger<CommandProcessor>());
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
    public IEventLog Log => _log;

    /// <summary>Decides commands against it.</summary>
    public CommandProcessor Commands { get; }

    /// <summary>Opens it; with no connection string configured, on the private PostgreSQL of the data folder.</summary>
    /// <exception cref="EmbeddedPostgresException">There is none to be had.</exception>
    /// <exception cref="EventLogUnavailableException">The database does not answer.</exception>
    public static async Task<CommerceHost> Open(CommerceSettings settings, CancellationToken cancellationToken)
    {
        var logs = Logging(settings.Configuration);
        EmbeddedPostgres? embedded = null;
        try
        {
            embedded = settings.Postgres is null
                ? await EmbeddedPostgres.Attach(new() { DataFolder = settings.DataFolder }, logs.CreateLogger<EmbeddedPostgres>(), cancellationToken).ConfigureAwait(false)
                : null;
            var connectionString = settings.Postgres ?? embedded?.ConnectionString ?? throw new InvalidOperationException("Neither a database nor a private one.");
            var log = await PostgresEventLog.Open(new() { ConnectionString = connectionString }, TimeProvider.System, logs.CreateLogger<PostgresEventLog>(), cancellationToken).ConfigureAwait(false);
            return new(settings, logs, embedded, connectionString, log);
        }
        catch
        {
            await Close(embedded, logs).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Commands.DisposeAsync().ConfigureAwait(false);
        await _log.DisposeAsync().ConfigureAwait(false);
        await Database.DisposeAsync().ConfigureAwait(false);
        await Close(_embedded, Logs).ConfigureAwait(false);
    }

    static async Task Close(EmbeddedPostgres? embedded, ILoggerFactory logs)
    {
        if (embedded is not null)
        {
            await embedded.DisposeAsync().ConfigureAwait(false);
        }

        logs.Dispose();
    }

    static ILoggerFactory Logging(IConfiguration configuration) => LoggerFactory.Create(logging => logging
        .AddConfiguration(configuration.GetSection("Logging"))
        // What fails at the start or in a role is thrown to whoever started it, and told there, once.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
        .AddSimpleConsole(console => console.SingleLine = true)
        .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
}
