using System.Diagnostics;
using Commerce.Testing.EventStoreDb;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>
/// The emulator as a process of its own, for what can share none with a test: official clients, say. It prints where it
/// listens and serves until its input ends.
/// </summary>
static class EmulatorProcess
{
    public const string Verb = "eventstoredb-emulator";

    /// <summary>Starts the process.</summary>
    public static Process Start()
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(EmulatorProcess).Assembly.Location, Verb]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return Process.Start(start) ?? throw new InvalidOperationException("The process did not start.");
    }

    /// <summary>What the process does.</summary>
    public static async Task Run()
    {
        await using var server = await EventStoreDbEmulator.Start();
        await Console.Out.WriteLineAsync(server.ConnectionString);
        while (await Console.In.ReadLineAsync() is not null)
        {
        }
    }
}
