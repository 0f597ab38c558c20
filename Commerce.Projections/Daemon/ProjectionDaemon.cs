using Commerce.Domain.Log;
using Commerce.Projections.Daemon.Feeding;
using Commerce.Projections.Documents;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Projections.Daemon;

/// <summary>Keeps every projection up. May run on many nodes: each projection has one leader among them.</summary>
sealed class ProjectionDaemon(
    IReadOnlyList<IProjection> projections,
    IEventLog log,
    IDocumentStore store,
    ReadDatabase database,
    CheckpointStore checkpoints,
    ProjectionSignals signals,
    ProjectionOptions options,
    TimeProvider time,
    ILogger<ProjectionDaemon> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var feeds = new LogFeeds(log, projections, FeedOptions.Of(options), time);
        await Task.WhenAll(projections.Select(p => Task.Run(
            () => new ProjectionLoop(p, log, feeds, store, database, checkpoints, signals, options, time, logger).Run(stoppingToken), CancellationToken.None)));
    }
}
