using Commerce.Commands.EventLog;
using Commerce.Testing.EventStoreDb;
using Commerce.Testing.Logs;

namespace Commerce.Testing.Servers;

/// <summary>
/// EventStoreDB for tests: the server that <c>COMMERCE_TEST_EVENTSTOREDB</c> (an <c>esdb://</c> URL) names, else an emulator of its
/// protocol in this process, started at the first use and stopped with the last test. Both are shared: work under a prefix of your own.
/// </summary>
public static class EventStoreDbForTests
{
    static readonly SemaphoreSlim Gate = new(1, 1);
    static EventStoreDbEmulator? shared;

    /// <summary>The real server that the environment names, or null.</summary>
    public static string? RealServer => Environment.GetEnvironmentVariable("COMMERCE_TEST_EVENTSTOREDB") is { Length: > 0 } url ? url : null;

    /// <summary>How to reach the server that all tests of this process share.</summary>
    public static async Task<string> ConnectionString(CancellationToken ct = default)
    {
        if (RealServer is { } real)
            return real;
        await Gate.WaitAsync(ct);
        try
        {
            return (shared ??= await EventStoreDbEmulator.Start(ct: ct)).ConnectionString;
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>A part of the log that nobody has used.</summary>
    public static StreamPrefix NewPrefix() => StreamPrefix.Of($"t{Guid.NewGuid():N}.");

    /// <summary>Options of the command line that lead to a part of the log that nobody has used; none for an engine that needs no naming.</summary>
    public static async Task<IReadOnlyList<string>> Arguments(LogEngine engine, CancellationToken ct = default) =>
        engine == LogEngine.EventStoreDb ? ["--log", await ConnectionString(ct), "--stream-prefix", NewPrefix().Value] : [];

    /// <summary>Stops the emulator; the assembly's last act.</summary>
    internal static async Task Stop()
    {
        await Gate.WaitAsync();
        try
        {
            if (shared is not null)
                await shared.DisposeAsync();
            shared = null;
        }
        finally
        {
            Gate.Release();
        }
    }
}
