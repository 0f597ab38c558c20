using Commerce.Domain.Log;
using Commerce.Projections;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Commerce.Benchmarks.ReadModels;

/// <summary>Read models that are kept up in a database of their own, as the application does it.</summary>
sealed class ReadSide : IAsyncDisposable
{
    /// <summary>Longer than any benchmark takes.</summary>
    static readonly TimeSpan WaitMax = TimeSpan.FromHours(1);

    static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    readonly ServiceProvider _services;
    readonly IHostedService _daemon;

    ReadSide(string database, ServiceProvider services, IHostedService daemon) => (Database, _services, _daemon) = (database, services, daemon);

    /// <summary>Its connection string.</summary>
    public string Database { get; }

    /// <summary>Starts it on a database.</summary>
    public static async Task<ReadSide> Start(string database, IEventLog log, IReadOnlyList<string> projections, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(log)
            .AddCommerceProjections(new ProjectionOptions { ConnectionString = database, KeptUp = projections }).AddCommerceProjectionDaemon().BuildServiceProvider();
        var daemon = services.GetRequiredService<IHostedService>();
        await daemon.StartAsync(cancellationToken);
        return new(database, services, daemon);
    }

    /// <summary>Waits until a projection has passed a position.</summary>
    public async Task Reached(string projection, LogPosition position, CancellationToken cancellationToken)
    {
        var waiter = _services.GetRequiredService<ProjectionWaiter>();
        while (true)
        {
            try
            {
                if (await waiter.WaitFor(position, [projection], WaitMax, cancellationToken) is WaitResult.Reached)
                {
                    return;
                }
            }
            catch (ReadModelUnavailableException)
            {
                // Its tables are not made yet.
                await Task.Delay(LookAgain, cancellationToken);
            }
        }
    }

    /// <summary>Fails the benchmark where a count is not what it must be.</summary>
    public async Task Check(string table, long expected, CancellationToken cancellationToken)
    {
        var actual = await ScratchServer.Ask<long>(Database, $"SELECT count(*) FROM {table}", cancellationToken);
        if (actual != expected)
        {
            throw new BenchmarkFailedException($"{table} holds {actual}, not {expected}.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _daemon.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }
}
