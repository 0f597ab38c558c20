using Commerce.Domain.Log;
using Commerce.Projections.Daemon.Feeding;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Daemon.Building;

/// <summary>
/// One projection that is being built beside the live one. It begins where the checkpoint in its own schema is, so a build that a crash
/// cut short goes on; it tells no signals and shows no spans, for nothing in it happens now.
/// </summary>
sealed class ProjectionBuild : IAsyncDisposable
{
    readonly IProjection _projection;
    readonly CheckpointStore _checkpoints;
    readonly FeedReader _reader;
    readonly ProjectionPipeline _pipeline;
    readonly ProjectionOptions _options;
    LogPosition _reached;

    ProjectionBuild(IProjection projection, CheckpointStore checkpoints, FeedReader reader, ProjectionPipeline pipeline, ProjectionOptions options) =>
        (_projection, _checkpoints, _reader, _pipeline, _options, _reached) = (projection, checkpoints, reader, pipeline, options, pipeline.Saved);

    /// <summary>Every event up to here is in the tables, for everybody to see.</summary>
    public LogPosition Saved => _pipeline.Saved;

    /// <summary>Makes tables where there are none, and joins those who read the log.</summary>
    /// <param name="projection">With its tables in <paramref name="schemas"/>.</param>
    /// <param name="schemas">Where it is built.</param>
    /// <param name="decisions">What people decided about it.</param>
    /// <param name="feeds">What it is fed by.</param>
    /// <param name="database">Where the schemas are.</param>
    /// <param name="options">How large batches are.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="end">A checkpoint beyond it begins anew; null: none does.</param>
    public static async Task<ProjectionBuild> Begin(
        IProjection projection, ReadSchemas schemas, Decisions decisions, LogFeeds feeds, ReadDatabase database, ProjectionOptions options, TimeProvider time,
        CancellationToken cancellationToken, LogPosition? end = null)
    {
        var checkpoints = new CheckpointStore(database, schemas);
        var position = await checkpoints.PrepareBuild(projection, decisions.Rebuild, end, cancellationToken);
        var store = new PostgresDocumentStore(database, schemas);
        var pipeline = new ProjectionPipeline(projection, store, new(projection, store, decisions.Skipped), options, time, position, isLive: false);
        return new(projection, checkpoints, feeds.Join(projection, position), pipeline, options);
    }

    /// <summary>Applies events until every one up to <paramref name="end"/> is in the tables, and maybe some more where the feed goes on.</summary>
    /// <exception cref="PoisonEventException">An event cannot be applied; everything before it is.</exception>
    public async Task Fill(LogPosition end, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        while (_reached < end)
        {
            var more = _reader.More;
            if (!_reader.HasEnough(_options.BatchEventsMax, _options.BatchBytesMax))
            {
                await more.WaitAsync(cancellationToken);
            }
            else if (_reader.TryTake(_options.BatchEventsMax, _options.BatchBytesMax, out var batch))
            {
                if (batch.Events.Count > 0)
                {
                    await _pipeline.Project(batch, cancellationToken);
                }

                _reached = batch.Reached;
                progress?.Report(new(_projection.Name, _pipeline.Saved, end));
            }
            else
            {
                await _reader.Wait(cancellationToken);
            }
        }

        await _pipeline.Settle(cancellationToken);
        if (_pipeline.Saved < _reached)
        {
            await _pipeline.Save(_reached, cancellationToken);
        }

        progress?.Report(new(_projection.Name, _pipeline.Saved, end));
    }

    /// <summary>Makes the indexes, and what else people's tables have: tables that are filled first and indexed then take a fraction of the work.</summary>
    public Task Finish(CancellationToken cancellationToken) => _checkpoints.Finish(_projection, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await _pipeline.DisposeAsync();
    }
}
