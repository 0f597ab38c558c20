using Commerce.Commands.Sagas.Relay;
using Commerce.Domain;
using Commerce.Domain.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Sagas.Deadlines;

/// <summary>
/// Wakes what is due. Of many scanners one leads; it follows the log into a table of open deadlines and wakes the orders whose
/// moment has passed, again and again with growing pauses, until the log says that the deadline is met. Waking twice does no
/// harm, so neither do two scanners that both believe they lead.
/// </summary>
sealed partial class DeadlineScanner(
    IEventLog log, IDeadlineTable table, DeadlineWaker waker, [FromKeyedServices(DeadlineScanner.Name)] ILeadership leadership, SagaOptions options, TimeProvider time, ILogger<DeadlineScanner> logger) : BackgroundService
{
    /// <summary>What it is called among leaders.</summary>
    public const string Name = "deadlines";

    /// <summary>Orders that are woken at once: they wait for the log, not for a processor.</summary>
    const int WakingsAtOnceMax = 16;

    readonly FollowingLeader<DeadlineChange> _leader = new(
        log,
        table,
        new(DeadlineChange.Streams, recorded => DeadlineChange.Of(recorded, options.Policy.TimeToPay), change => change.Stream, change => change is DeadlineChange.Set, options.DeadlinesEvery),
        leadership,
        time,
        logger);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _leader.Run(WakeAll, reason => SteppedDown(logger, reason), stoppingToken);

    async Task WakeAll(LogFollower<DeadlineChange> follower, CancellationToken cancellationToken)
    {
        var due = await table.Due(time.GetUtcNow(), options.DeadlinesBatchMax, cancellationToken).ConfigureAwait(false);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = WakingsAtOnceMax, CancellationToken = cancellationToken }, Wake).ConfigureAwait(false);
        if (due.Count < options.DeadlinesBatchMax)
        {
            await Task.Delay(options.DeadlinesEvery, time, cancellationToken).ConfigureAwait(false);
        }
    }

    async ValueTask Wake(Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            SagaTelemetry.Woken(time.GetUtcNow() - deadline.DueAt);
            await waker.Wake(deadline, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or EventLogUnavailableException))
        {
            // One order's failure is not the others': it has its own next time.
            Failed(logger, deadline.Order, deadline.DueAt, deadline.Wakings + 1, e);
        }

        await table.Woken(deadline, time.GetUtcNow() + options.WakingPause(deadline.Wakings), cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The deadlines begin again from their checkpoint: {Reason}")]
    static partial void SteppedDown(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Order {Order}, of which something was due at {DueAt}, cannot be woken, for the {Wakings}. time.")]
    static partial void Failed(ILogger logger, OrderId order, DateTimeOffset dueAt, int wakings, Exception failure);
}
