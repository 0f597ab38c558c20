using System.Diagnostics;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon.Feeding;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Daemon;

/// <summary>
/// Takes batches along one lead: while one is being written, the next is already projected, on what the first leaves behind.
/// </summary>
/// <param name="projection">What applies them.</param>
/// <param name="store">Where to.</param>
/// <param name="projector">Applies what fails in parts.</param>
/// <param name="options">What is kept in memory.</param>
/// <param name="time">Clock.</param>
/// <param name="from">Where the checkpoint is.</param>
/// <param name="isLive">Whether what is applied is shown to operators as happening now; a build beside the live one is not.</param>
/// <remarks>
/// Each write demands the checkpoint that the write before it leaves, so a batch whose predecessor failed cannot be written: a crash
/// between the two, or a lead that was lost unawares, leaves whole batches and none torn.
/// </remarks>
sealed class ProjectionPipeline(
    IProjection projection, IDocumentStore store, BatchProjector projector, ProjectionOptions options, TimeProvider time, LogPosition from, bool isLive = true) : IPipeline
{
    RecentDocuments _documents = new(store, options.RecentDocumentsMax);
    (EventBatch Batch, Task Written, long Started)? _writing;

    /// <summary>The checkpoint that is in the database.</summary>
    public LogPosition Saved { get; private set; } = from;

    /// <summary>Whether a batch is being written.</summary>
    public bool IsWriting => _writing is not null;

    // What the batch that is projected next follows.
    LogPosition Next => _writing is { } writing ? writing.Batch.Reached : Saved;

    /// <summary>Projects a batch, waits until the one before is written, and begins to write this one.</summary>
    /// <exception cref="PoisonEventException">An event cannot be projected; everything before it is written.</exception>
    public async Task Project(EventBatch batch, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        DocumentChanges changes;
        try
        {
            changes = await projector.ChangesOf(batch.Events, Next, batch.Reached, _documents, cancellationToken);
        }
        catch (Exception e) when (BatchProjector.IsPoison(e))
        {
            await Settle(cancellationToken);
            await ApplyCarefully(batch, cancellationToken);
            return;
        }

        if (await Settle(cancellationToken) is false)
        {
            // It was written in parts, and this batch was projected on something else.
            await ApplyCarefully(batch, cancellationToken);
            return;
        }

        var written = store.Commit(changes, cancellationToken);
        _documents.Take(changes, written);
        _writing = (batch, written, started);
    }

    /// <summary>Waits until what was begun is written.</summary>
    /// <returns>False: it was not written as it was projected, but in parts; null: there was nothing to wait for.</returns>
    /// <exception cref="PoisonEventException">An event cannot be written; everything before it is.</exception>
    public async Task<bool?> Settle(CancellationToken cancellationToken)
    {
        if (_writing is not { } writing)
        {
            return null;
        }

        _writing = null;
        try
        {
            await writing.Written;
        }
        catch (Exception e) when (BatchProjector.IsPoison(e))
        {
            await ApplyCarefully(writing.Batch, cancellationToken);
            return false;
        }

        Saved = writing.Batch.Reached;
        if (isLive && writing.Batch.Events.Count > 0)
        {
            ProjectionTelemetry.Applied(projection.Name, writing.Batch.Events, writing.Started, time.GetUtcNow());
        }

        return true;
    }

    /// <summary>Writes a checkpoint that moved past events which do not concern the projection.</summary>
    public async Task Save(LogPosition reached, CancellationToken cancellationToken) =>
        Saved = await projector.Apply([], Saved, reached, cancellationToken);

    /// <summary>Waits for the end of what was begun, however it ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_writing is { } writing)
        {
            await writing.Written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task ApplyCarefully(EventBatch batch, CancellationToken cancellationToken)
    {
        _documents = new(store, options.RecentDocumentsMax);
        try
        {
            Saved = await projector.Apply(batch.Events, Saved, batch.Reached, cancellationToken);
        }
        catch (PoisonEventException e)
        {
            Saved = e.Reached;
            throw;
        }
    }
}
