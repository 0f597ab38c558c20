using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain.Log;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.EventLog;

/// <summary>A log that whoever opened it closes.</summary>
public sealed class OpenedEventLog : IAsyncDisposable
{
    readonly IAsyncDisposable _engine;

    internal OpenedEventLog(IEventLog log, IAsyncDisposable engine) => (Log, _engine) = (log, engine);

    /// <summary>The log.</summary>
    public IEventLog Log { get; }

    /// <summary>Finishes what is under way and lets go of the server.</summary>
    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}

/// <summary>Opens event logs, wherever they are.</summary>
public static class EventLogs
{
    /// <summary>Opens the log, or, with a prefix, one installation's part of it. Returns when the server has answered.</summary>
    /// <exception cref="EventLogException">It cannot be used: the message says why, in one sentence without secrets.</exception>
    public static async Task<OpenedEventLog> Open(
        EventLogLocation location, StreamPrefix? prefix, TimeProvider time, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        switch (location)
        {
            case EventLogLocation.Postgres at:
                return Of(await PostgresEventLog.Open(new() { ConnectionString = at.ConnectionString }, time, logs.CreateLogger<PostgresEventLog>(), cancellationToken), prefix);
            case EventLogLocation.EventStoreDb at:
#if NAMED_PACKAGES
                return Of(await OfficialClientLog.Open(at.ConnectionString, time, cancellationToken), prefix);
#else
                return Of(await EventStoreDbLog.Open(new() { ConnectionString = at.ConnectionString }, time, logs.CreateLogger<EventStoreDbLog>(), cancellationToken), prefix);
#endif
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    static OpenedEventLog Of<TEngine>(TEngine engine, StreamPrefix? prefix)
        where TEngine : IEventLog, IAsyncDisposable =>
        new(prefix is { } own ? new PrefixedEventLog(engine, own) : engine, engine);
}
