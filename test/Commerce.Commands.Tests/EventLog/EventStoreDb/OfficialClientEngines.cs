#if NAMED_PACKAGES
using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Testing.EventStoreDb;
#endif

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>The official client, in the build that has it: against the emulator, and against a real server where the environment names one.</summary>
static class OfficialClientEngines
{
#if NAMED_PACKAGES
    public static IEnumerable<EventLogEngine> All { get; } = Environment.GetEnvironmentVariable("COMMERCE_TEST_EVENTSTOREDB") is { Length: > 0 } at
        ? [Emulated, new("OfficialClientServer", async () => await Open(at))]
        : [Emulated];

    static EventLogEngine Emulated => new("OfficialClient", async () =>
    {
        var server = await EventStoreDbEmulator.Start();
        return await Open(server.ConnectionString, server);
    });

    static async Task<OpenedLog> Open(string connectionString, params IAsyncDisposable[] server)
    {
        var log = await OfficialClientLog.Open(connectionString, TimeProvider.System, CancellationToken.None);
        return new(log, [log, .. server]);
    }
#else
    public static IEnumerable<EventLogEngine> All => [];
#endif
}
