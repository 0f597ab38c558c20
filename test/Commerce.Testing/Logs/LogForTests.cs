using Commerce.Commands.EventLog;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Domain.Log;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Testing.Logs;

/// <summary>Engines that what stands on the log is tried on.</summary>
public enum LogEngine
{
    /// <summary>Positions count the events.</summary>
    InMemory,

    /// <summary>In a database of the test's own.</summary>
    Postgres,

    /// <summary>A part of a server that others use meanwhile: positions are huge, with gaps and others' events between.</summary>
    EventStoreDb,
}

/// <summary>An empty log of an engine, for one test.</summary>
public sealed class LogForTests : IAsyncDisposable
{
    readonly IAsyncDisposable[] _owned;

    LogForTests(IEventLog log, params IAsyncDisposable[] owned) => (Log, _owned) = (log, owned);

    /// <summary>The log.</summary>
    public IEventLog Log { get; }

    /// <summary>Opens one.</summary>
    public static async Task<LogForTests> Open(LogEngine engine)
    {
        switch (engine)
        {
            case LogEngine.Postgres:
                var database = await PostgresForTests.CreateDatabase();
                var inPostgres = await Open(EventLogLocation.OfPostgres(database.ConnectionString), null);
                return new(inPostgres.Log, inPostgres, database);
            case LogEngine.EventStoreDb:
                var part = await Open(EventLogLocation.Parse(await EventStoreDbForTests.ConnectionString()), EventStoreDbForTests.NewPrefix());
                return new(part.Log, part);
            default:
                return new(new InMemoryEventLog(TimeProvider.System));
        }
    }

    /// <summary>Opens the one that a database holds already, as a process that comes later does.</summary>
    public static async Task<LogForTests> In(string connectionString)
    {
        var opened = await Open(EventLogLocation.OfPostgres(connectionString), null);
        return new(opened.Log, opened);
    }

    /// <summary>Puts it away. What it wrote to a shared server stays there, where nobody looks.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned)
            await owned.DisposeAsync();
    }

    static Task<OpenedEventLog> Open(EventLogLocation location, StreamPrefix? prefix) =>
        EventLogs.Open(location, prefix, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
}
