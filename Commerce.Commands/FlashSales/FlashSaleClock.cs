using Commerce.Commands.Sagas;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.FlashSales;

/// <summary>
/// Brings the time to every sale that is not over: claims that were not paid go back, and at its end it closes. Of many clocks one
/// leads; a sale that is told the time twice does nothing more, so neither do two that both believe they lead.
/// </summary>
sealed partial class FlashSaleClock(
    IEventLog log, IOpenSaleTable table, FlashSaleTicker ticker, [FromKeyedServices(FlashSaleClock.Name)] ILeadership leadership, SagaOptions options, TimeProvider time, ILogger<FlashSaleClock> logger) : BackgroundService
{
    /// <summary>What it is called among leaders.</summary>
    public const string Name = "flash-sales";

    /// <summary>Sales that are told the time at once: they wait for the log, not for a processor.</summary>
    const int TicksAtOnceMax = 16;

    readonly FollowingLeader<OpenSale> _leader = new(
        log, table, new(OpenSale.Streams, OpenSale.Of, sale => sale.Stream, _ => true, options.DeadlinesEvery), leadership, time, logger);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _leader.Run(TickAll, reason => SteppedDown(logger, reason), stoppingToken);

    async Task TickAll(LogFollower<OpenSale> follower, CancellationToken cancellationToken)
    {
        var opened = await table.Opened(time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        await Parallel.ForEachAsync(opened, new ParallelOptions { MaxDegreeOfParallelism = TicksAtOnceMax, CancellationToken = cancellationToken }, Tick).ConfigureAwait(false);
        await Task.Delay(options.DeadlinesEvery, time, cancellationToken).ConfigureAwait(false);
    }

    async ValueTask Tick(OpenSale sale, CancellationToken cancellationToken)
    {
        try
        {
            if (!await ticker.Tick(sale, cancellationToken).ConfigureAwait(false))
            {
                await table.Remove(sale, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not (OperationCanceledException or EventLogUnavailableException))
        {
            // One sale's failure is not the others': it has its own next time.
            Failed(logger, sale.Stream, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The clock of flash sales begins again from its checkpoint: {Reason}")]
    static partial void SteppedDown(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Sale} cannot be told the time.")]
    static partial void Failed(ILogger logger, StreamName sale, Exception failure);
}
