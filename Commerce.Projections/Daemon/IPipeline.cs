using Commerce.Domain.Log;
using Commerce.Projections.Daemon.Feeding;

namespace Commerce.Projections.Daemon;

/// <summary>Takes batches along one lead or build: while some are being written, the next are already projected.</summary>
interface IPipeline : IAsyncDisposable
{
    /// <summary>The checkpoint that is in the database.</summary>
    LogPosition Saved { get; }

    /// <summary>Projects a batch, and has it written at once or with those that follow.</summary>
    Task Project(EventBatch batch, CancellationToken cancellationToken);

    /// <summary>Waits until all that was projected is written.</summary>
    /// <returns>False: something was not written as it was projected, but in parts; null: there was nothing to wait for.</returns>
    Task<bool?> Settle(CancellationToken cancellationToken);

    /// <summary>Writes a checkpoint that moved past events which do not concern the projection.</summary>
    Task Save(LogPosition reached, CancellationToken cancellationToken);
}
