using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.Tests.EventLog.Postgres;
using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.EventLog;

/// <summary>An engine that the contract is held against. Its log may hold events of others.</summary>
sealed record EventLogEngine(string Name, Func<Task<OpenedLog>> Open)
{
    /// <summary>A further engine is a further line.</summary>
    public static IReadOnlyList<EventLogEngine> All { get; } =
    [
        new("InMemory", () => Task.FromResult(new OpenedLog(new InMemoryEventLog(TimeProvider.System)))),
        new("Postgres", async () =>
        {
            // Small pages, so that every reader turns some.
            var database = await LogDatabase.Create(at => new() { ConnectionString = at, PageEventsMax = 7, FilteredPageEventsMax = 20 });
            return new(database.Log, database);
        }),
    ];

    public override string ToString() => Name;
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
