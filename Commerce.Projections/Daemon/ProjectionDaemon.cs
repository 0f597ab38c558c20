using Commerce.Domain.Log;
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
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(projections.Select(p =>
        Task.Run(() => new ProjectionLoop(p, log, store, database, checkpoints, signals, options, time, logger).Run(stoppingToken), CancellationToken.None)));
}
