using Commerce.Commands.Embedded;
using Commerce.Commands.EventLog;

namespace Commerce.Api.Composition;

/// <summary>Which log: its URL or <c>postgresql</c>, and the prefix of the part that is meant.</summary>
sealed record LogChoice(string Url, string? Prefix);

/// <summary>Two logs at once, for what goes from one to the other; the private PostgreSQL runs where one of them lies there.</summary>
sealed class TwoLogs : IAsyncDisposable
{
    readonly EmbeddedPostgres? _embedded;
    readonly ILoggerFactory _logs;
    OpenedEventLog? _source;
    OpenedEventLog? _target;

    TwoLogs(EmbeddedPostgres? embedded, ILoggerFactory logs) => (_embedded, _logs) = (embedded, logs);

    /// <summary>Where events come from.</summary>
    public OpenedEventLog Source => _source ?? throw new InvalidOperationException("Not open.");

    /// <summary>Where they go.</summary>
    public OpenedEventLog Target => _target ?? throw new InvalidOperationException("Not open.");

    /// <summary>Opens both.</summary>
    /// <exception cref="CommerceSettingsException">They are one, or one is none.</exception>
    /// <exception cref="EmbeddedPostgresException">There is no private PostgreSQL to be had.</exception>
    /// <exception cref="Domain.Log.EventLogException">One of them cannot be used.</exception>
    public static async Task<TwoLogs> Open(CommerceSettings settings, LogChoice source, LogChoice target, CancellationToken cancellationToken)
    {
        var logs = CommerceHost.Logging(settings.Configuration);
        var embedded = settings.Postgres is null && (IsOwn(source) || IsOwn(target))
            ? await EmbeddedPostgres.Attach(new() { DataFolder = settings.DataFolder }, logs.CreateLogger<EmbeddedPostgres>(), cancellationToken).ConfigureAwait(false)
            : null;
        var two = new TwoLogs(embedded, logs);
        try
        {
            var server = settings.Postgres ?? embedded?.ConnectionString;
            var (from, to) = (LocationOf(source, server), LocationOf(target, server));
            if (from.ToString() == to.ToString() && (source.Prefix is null || target.Prefix is null || source.Prefix == target.Prefix))
            {
                throw new CommerceSettingsException($"Source and target are the same log, {from}, or one is a part of the other.");
            }

            two._source = await EventLogs.Open(from, PrefixOf(source), TimeProvider.System, logs, cancellationToken).ConfigureAwait(false);
            two._target = await EventLogs.Open(to, PrefixOf(target), TimeProvider.System, logs, cancellationToken).ConfigureAwait(false);
            return two;
        }
        catch
        {
            await two.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var owned in new IAsyncDisposable?[] { _target, _source, _embedded })
        {
            if (owned is not null)
            {
                await owned.DisposeAsync().ConfigureAwait(false);
            }
        }

        _logs.Dispose();
    }

    // The log in the database that is configured, or else in the private server.
    static bool IsOwn(LogChoice choice) => choice.Url is "postgresql" or "postgres";

    static EventLogLocation LocationOf(LogChoice choice, string? server) =>
        IsOwn(choice) && server is not null ? EventLogLocation.OfPostgres(server) : EventLogLocation.Parse(choice.Url);

    static StreamPrefix? PrefixOf(LogChoice choice) =>
        choice.Prefix is null ? null : StreamPrefix.TryParse(choice.Prefix, null, out var prefix) ? prefix : throw new CommerceSettingsException(StreamPrefix.Rule);
}
