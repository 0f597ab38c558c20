using Commerce.Domain.Log;
using Commerce.Projections.Analytics;
using Commerce.Projections.Daemon.Building;
using Commerce.Projections.Daemon.Feeding;
using Commerce.Projections.Documents;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Projections.Daemon;

/// <summary>Keeps every projection up, and rebuilds it. May run on many nodes: each projection has one leader among them, and one that rebuilds.</summary>
sealed class ProjectionDaemon(
    IReadOnlyList<IProjection> projections,
    IEventLog log,
    IDocumentStore store,
    ReadDatabase database,
    CheckpointStore checkpoints,
    AnalyticsSchema analytics,
    ProjectionSignals signals,
    ProjectionOptions options,
    TimeProvider time,
    ILogger<ProjectionDaemon> logger) : BackgroundService
{
    readonly OutageLog _outages = new(time, logger);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var feeds = new LogFeeds(log, projections, FeedOptions.Of(options), time);
        await Task.WhenAll(projections.Select(p => Task.Run(() => Run(p, feeds, stoppingToken), CancellationToken.None)));
    }

    async Task Run(IProjection projection, LogFeeds feeds, CancellationToken stoppingToken)
    {
        using var watch = new DecisionWatch(projection, log, options, time);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var watching = Task.Run(() => watch.Run(stopping.Token), CancellationToken.None);
        await Task.WhenAll(
            new ProjectionLoop(projection, watch, log, feeds, store, database, checkpoints, signals, _outages, options, time, logger).Run(stoppingToken),
            new RebuildLoop(projection, watch, log, feeds, database, checkpoints, analytics, _outages, options, time, logger).Run(stoppingToken));
        await stopping.CancelAsync();
        await watching;
    }
}
