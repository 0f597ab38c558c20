using Commerce.Commands.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Testing.Servers;

/// <summary>RabbitMQ for tests: a broker of this test process alone, started at the first use and stopped with its last test; what killed runs left is cleared away first.</summary>
public static class RabbitMqForTests
{
    static readonly string[] Users = ["rabbitmq", "nobody"];

    /// <summary>A broker needs some seconds to start, and on a busy machine some more.</summary>
    static readonly TimeSpan GateWaitMax = TimeSpan.FromMinutes(5);

    static readonly SemaphoreSlim Gate = new(1, 1);
    static RabbitMqServer? shared;

    /// <summary>The broker that all tests of this process share. Take a virtual host of your own: <see cref="RabbitMqServer.NewVirtualHost"/>.</summary>
    public static async Task<RabbitMqServer> Server(CancellationToken ct = default)
    {
        await Gate.WaitAsync(ct);
        try
        {
            return shared ??= await StartAnother(ct);
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>A broker for the caller alone, to be killed and started at will; the caller disposes it.</summary>
    public static async Task<RabbitMqServer> StartAnother(CancellationToken ct = default)
    {
        var wanted = Checkout.TestData("rabbitmq");
        Directory.CreateDirectory(wanted);
        using var gate = await FileLock.Exclusive(Path.Combine(wanted, "gate.lock"), GateWaitMax, ct);
        var folder = await ServerFolder.Prepare(wanted, Users, NullLogger.Instance, ct);
        RabbitMqServer.ClearAwayWhatKilledRunsLeft(folder);
        var server = await RabbitMqServer.Create(folder, ct);
        try
        {
            await server.Start(ct);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the shared broker; the assembly's last act.</summary>
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
