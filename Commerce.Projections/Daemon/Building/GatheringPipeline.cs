using Commerce.Domain.Log;
using Commerce.Projections.Daemon.Feeding;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Daemon.Building;

/// <summary>
/// Projects events of a build as they come, and keeps only the documents that they made until those are written, many batches at once: a document
/// that changes often is written once, and events die young, which is most of what a garbage collector would have to do with them.
/// </summary>
/// <param name="projection">What applies them; see <see cref="IProjection.IsGathered"/>.</param>
/// <param name="store">Where to.</param>
/// <param name="projector">Projects a batch.</param>
/// <param name="options">How much is written at once.</param>
/// <param name="from">Where the checkpoint is.</param>
/// <remarks>Of events that cannot be applied it says nothing but that: whoever uses it begins anew at <see cref="Saved"/> with a <see cref="ProjectionPipeline"/>.</remarks>
sealed class GatheringPipeline(IProjection projection, IDocumentStore store, BatchProjector projector, ProjectionOptions options, LogPosition from) : IPipeline
{
    /// <summary>Generation that documents are in once they have waited to be written.</summary>
    const int Outlived = 1;

    // Those of the last two writes: what is not among them is in the tables.
    readonly RecentDocuments _documents = new(store, 0);
    (LogPosition Reached, Task Written)? _writing;
    LogPosition _written = from;
    LogPosition _gathered = from;
    int _events;
    long _bytes;
    int _collections = GC.CollectionCount(Outlived);

    /// <inheritdoc/>
    public LogPosition Saved { get; private set; } = from;

    /// <inheritdoc/>
    public async Task Project(EventBatch batch, CancellationToken cancellationToken)
    {
        _documents.Gather(await projector.ChangesOf(batch.Events, _gathered, batch.Reached, _documents, cancellationToken));
        _gathered = batch.Reached;
        _events += batch.Events.Count;
        _bytes += batch.Bytes;
        if (_events >= options.GatheredEventsMax || _bytes >= options.BatchBytesMax)
        {
            await Write(cancellationToken);
            LetGo();
        }
    }

    /// <inheritdoc/>
    public async Task<bool?> Settle(CancellationToken cancellationToken)
    {
        await Write(cancellationToken);
        return await Written() ? true : null;
    }

    /// <inheritdoc/>
    public async Task Save(LogPosition reached, CancellationToken cancellationToken) => Saved = _written = _gathered = await projector.Apply([], Saved, reached, cancellationToken);

    /// <summary>Waits for the end of what is being written, however it ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_writing is { } writing)
        {
            await writing.Written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Saved = writing.Written.IsCompletedSuccessfully ? writing.Reached : Saved;
            _writing = null;
        }
    }

    // Each write demands the checkpoint that the one before it leaves: one after another.
    async Task Write(CancellationToken cancellationToken)
    {
        if (_gathered == _written)
        {
            return;
        }

        await Written();
        var changes = _documents.Release(new CheckpointMove(projection.Name, projection.Version, _written, _gathered));
        var written = store.Commit(changes, cancellationToken);
        _documents.Take(changes, written);
        _writing = (_gathered, written);
        (_written, _events, _bytes) = (_gathered, 0, 0);
    }

    // What was written before has outlived its youth: left to itself, the collector comes for it when there is four times as much.
    void LetGo()
    {
        if (GC.CollectionCount(Outlived) == _collections)
        {
            GC.Collect(Outlived, GCCollectionMode.Forced, blocking: true);
        }

        _collections = GC.CollectionCount(Outlived);
    }

    async Task<bool> Written()
    {
        if (_writing is not { } writing)
        {
            return false;
        }

        _writing = null;
        await writing.Written;
        Saved = writing.Reached;
        return true;
    }
}
