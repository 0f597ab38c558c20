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
    /// <summary>Events that are projected at once where what they change is gathered, a stretch of the log more or less.</summary>
    const int PartEventsMax = 2_048;

    /// <summary>Bytes of events that wait for that.</summary>
    const int PartBytesAhead = 1_024 * 1_024;

    readonly IProjection _projection;
    readonly CheckpointStore _checkpoints;
    readonly LogFeeds _feeds;
    readonly Func<LogPosition, IPipeline> _carefully;
    readonly ProjectionOptions _options;
    FeedReader _reader;
    IPipeline _pipeline;
    LogPosition _reached;

    ProjectionBuild(IProjection projection, CheckpointStore checkpoints, LogFeeds feeds, Func<LogPosition, IPipeline> carefully, IPipeline pipeline, ProjectionOptions options)
    {
        (_projection, _checkpoints, _feeds, _carefully, _pipeline, _options, _reached) = (projection, checkpoints, feeds, carefully, pipeline, options, pipeline.Saved);
        _reader = feeds.Join(projection, _reached, IsGathering ? PartBytesAhead : null);
    }

    /// <summary>Every event up to here is in the tables, for everybody to see.</summary>
    public LogPosition Saved => _pipeline.Saved;

    bool IsGathering => _pipeline is GatheringPipeline;

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
        var projector = new BatchProjector(projection, store, decisions.Skipped);
        IPipeline Carefully(LogPosition from) => new ProjectionPipeline(projection, store, projector, options, time, from, isLive: false);
        var pipeline = projection.IsGathered ? new GatheringPipeline(projection, store, projector, options, position) : Carefully(position);
        return new(projection, checkpoints, feeds, Carefully, pipeline, options);
    }

    /// <summary>Applies events until every one up to <paramref name="end"/> is in the tables, and maybe some more where the feed goes on.</summary>
    /// <exception cref="PoisonEventException">An event cannot be applied; everything before it is.</exception>
    public async Task Fill(LogPosition end, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            await FillOn(end, progress, cancellationToken);
        }
        catch (Exception e) when (IsGathering && BatchProjector.IsPoison(e))
        {
            // Which event it is, and all that comes before it, is found by those that keep the events.
            _reader.Dispose();
            await _pipeline.DisposeAsync();
            _reached = _pipeline.Saved;
            _pipeline = _carefully(_reached);
            _reader = _feeds.Join(_projection, _reached);
            await FillOn(end, progress, cancellationToken);
        }
    }

    async Task FillOn(LogPosition end, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        while (_reached < end)
        {
            var more = _reader.More;
            if (!IsGathering && !_reader.HasEnough(_options.BatchEventsMax, _options.BatchBytesMax))
            {
                await more.WaitAsync(cancellationToken);
            }
            else if (_reader.TryTake(IsGathering ? PartEventsMax : _options.BatchEventsMax, _options.BatchBytesMax, out var batch))
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

    /// <summary>Tells the server's planner what is in the tables.</summary>
    public Task Analyze(CancellationToken cancellationToken) => _checkpoints.Analyze(_projection, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await _pipeline.DisposeAsync();
    }
}
