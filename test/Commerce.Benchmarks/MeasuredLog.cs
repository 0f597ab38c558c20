using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain.Log;
using Commerce.Testing.EventStoreDb;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Benchmarks;

/// <summary>An engine of the log that is measured, opened for one round.</summary>
/// <param name="Name">As it is shown.</param>
/// <param name="Open">Opens it. What is held in memory begins empty, so that no round pays for the events of the last.</param>
sealed record MeasuredLog(string Name, Func<CancellationToken, Task<OpenLog>> Open)
{
    /// <summary>Names a real EventStoreDB to measure as well.</summary>
    const string EventStoreDbVariable = "COMMERCE_TEST_EVENTSTOREDB";

    /// <summary>PostgreSQL, the emulator of EventStoreDB's protocol, EventStoreDB itself where the environment names one, and memory.</summary>
    public static IReadOnlyList<MeasuredLog> All(PostgresEventLogOptions postgres)
    {
        List<MeasuredLog> all =
        [
            new("PostgreSQL engine", async ct =>
            {
                var log = await PostgresEventLog.Open(postgres, TimeProvider.System, NullLogger<PostgresEventLog>.Instance, ct);
                return new(log, log);
            }),
            new("EventStoreDB client, emulator", async ct =>
            {
                var server = await EventStoreDbEmulator.Start(ct: ct);
                var log = await EventStoreDb(server.ConnectionString, ct);
                return new(log, log, server);
            }),
            new("in-memory engine", _ => Task.FromResult(new OpenLog(new InMemoryEventLog(TimeProvider.System)))),
        ];
        if (Environment.GetEnvironmentVariable(EventStoreDbVariable) is { Length: > 0 } connectionString)
        {
            all.Insert(2, new("EventStoreDB client, EventStoreDB", async ct =>
            {
                var log = await EventStoreDb(connectionString, ct);
                return new(log, log);
            }));
        }

        return all;
    }

    static Task<EventStoreDbLog> EventStoreDb(string connectionString, CancellationToken cancellationToken) =>
        EventStoreDbLog.Open(new() { ConnectionString = connectionString }, TimeProvider.System, NullLogger<EventStoreDbLog>.Instance, cancellationToken);
}

/// <summary>A log and what is closed after it, in this order.</summary>
sealed record OpenLog(IEventLog Log, params IAsyncDisposable[] Owned) : IAsyncDisposable
{
    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var owned in Owned)
        {
            await owned.DisposeAsync();
        }
    }
}
