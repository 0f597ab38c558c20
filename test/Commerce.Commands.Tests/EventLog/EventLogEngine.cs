using Commerce.Commands.EventLog;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.Tests.EventLog.EventStoreDb;
using Commerce.Commands.Tests.EventLog.Postgres;
using Commerce.Domain.Log;
using Commerce.Testing.EventStoreDb;
using Commerce.Testing.Servers;

namespace Commerce.Commands.Tests.EventLog;

/// <summary>An engine that the contract is held against. Its log may hold events of others.</summary>
sealed record EventLogEngine(string Name, Func<Task<OpenedLog>> Open)
{
    static readonly StreamPrefix Prefix = StreamPrefix.Of("a_part_of_the_log:");

    static readonly EventLogEngine InMemory = new("InMemory", () => Task.FromResult(new OpenedLog(new InMemoryEventLog(TimeProvider.System))));

    static readonly EventLogEngine Postgres = new("Postgres", async () =>
    {
        // Small pages, so that every reader turns some.
        var database = await LogDatabase.Create(at => new() { ConnectionString = at, PageEventsMax = 7, FilteredPageEventsMax = 20 });
        return new(database.Log, database);
    });

    static readonly EventLogEngine EventStoreDb = new("EventStoreDb", async () =>
    {
        var server = await EventStoreDbEmulator.Start();
        var log = await EventStoreDbLogs.Open(new() { ConnectionString = server.ConnectionString, PageEventsMax = 7, FilterWindowEventsMax = 20 });
        return new(log, log, server);
    });

    /// <summary>A real server, where the environment names one.</summary>
    static readonly EventLogEngine[] EventStoreDbServer = EventStoreDbForTests.RealServer is { } at
        ? [new("EventStoreDbServer", async () =>
            {
                var log = await EventStoreDbLogs.Open(new() { ConnectionString = at });
                return new(log, log);
            })]
        : [];

    /// <summary>A further engine is a further line.</summary>
    public static IReadOnlyList<EventLogEngine> All { get; } =
        [InMemory, Postgres, EventStoreDb, .. EventStoreDbServer, .. OfficialClientEngines.All, InMemory.Prefixed(), Postgres.Prefixed(), EventStoreDb.Prefixed()];

    /// <summary>Characters of the longest stream name that it takes.</summary>
    public int StreamNameLengthMax { get; private init; } = StreamName.LengthMax;

    public override string ToString() => Name;

    /// <summary>A part of the engine's log.</summary>
    EventLogEngine Prefixed() => new($"{Name}, prefixed", async () =>
    {
        var whole = await Open();
        return whole with { Log = new PrefixedEventLog(whole.Log, Prefix) };
    })
    {
        StreamNameLengthMax = StreamName.LengthMax - Prefix.Value.Length,
    };
}

/// <summary>A log and what has to be put away after it.</summary>
sealed record OpenedLog(IEventLog Log, params IAsyncDisposable[] Owned) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        foreach (var owned in Owned)
            await owned.DisposeAsync();
    }
}
