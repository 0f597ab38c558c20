using Commerce.Domain.Log;
using Commerce.Projections.Daemon.Feeding;
using Commerce.Projections.Documents;
using Microsoft.Extensions.Logging;

namespace Commerce.Projections.Daemon;

/// <summary>Keeps one projection up: waits to lead it, follows the log, begins anew after what was lost. Its failure is its own.</summary>
sealed class ProjectionLoop(
    IProjection projection,
    DecisionWatch watch,
    IEventLog log,
    LogFeeds feeds,
    IDocumentStore store,
    ReadDatabase database,
    CheckpointStore checkpoints,
    ProjectionSignals signals,
    OutageLog outages,
    ProjectionOptions options,
    TimeProvider time,
    ILogger logger)
{
    TimeSpan _pause = options.RetryPauseMin;
    Decisions _decisions = Decisions.None;

    /// <summary>
    /// Runs until cancelled, or until a newer version has taken over. Stands still at an event that it cannot apply until somebody
    /// decides what is to become of it.
    /// </summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        // Asked each time: a database that is closed already throws before it looks at the token.
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                _decisions = await watch.Look(cancellationToken);
                if (_decisions.IsPaused)
                {
                    await watch.After(_decisions.Revision, cancellationToken);
                }
                else if (!await Lead(cancellationToken))
                {
                    await AwaitRebuild(cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException) when (watch.Known.IsPaused)
            {
                logger.Pauses(projection.Name);
            }
            catch (OperationCanceledException)
            {
                outages.Lost(projection.Name, "The connection that holds its lead is gone: another node may lead it.");
                await Task.Delay(options.LeaderPollInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (CheckpointMovedException e)
            {
                logger.SteppedBack(projection.Name, e.Message);
                await Task.Delay(options.RetryPauseMin, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is ReadModelUnavailableException or EventLogException)
            {
                outages.Lost(projection.Name, e);
                await Task.Delay(_pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _pause = _pause * 2 < options.RetryPauseMax ? _pause * 2 : options.RetryPauseMax;
            }
            catch (ProjectionOutdatedException e)
            {
                // Its rows are another version's: nothing that is decided about them here can help.
                logger.StandsStill(projection.Name, e.Message, e);
                return;
            }
#pragma warning disable CA1031 // Whatever it is, it stops this projection alone, and everybody is told.
            catch (Exception e)
#pragma warning restore CA1031
            {
                signals.Stopped(projection.Name);
                await StandStill(e, cancellationToken);
                await watch.After(_decisions.Revision, cancellationToken);
            }
            finally
            {
                signals.Stopped(projection.Name);
            }
        }
    }

    async Task<LeaderLock> Leadership(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await LeaderLock.TryTake(database, projection.Name, options.LeaderPollInterval, time, cancellationToken) is { } leadership)
            {
                return leadership;
            }

            outages.Back(projection.Name);
            await Task.Delay(options.LeaderPollInterval, time, cancellationToken);
        }
    }

    // False: there is nothing to lead, for a rebuild is to come first.
    async Task<bool> Lead(CancellationToken stopping)
    {
        await using var leadership = await Leadership(stopping);
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(stopping, leadership.Lost, watch.Paused);
        var cancellationToken = leading.Token;

        // Whoever waited long to lead knows old ones.
        _decisions = await watch.Look(cancellationToken);
        var head = await log.Head(cancellationToken);
        var prepared = await checkpoints.Prepare(projection, head, _decisions.Rebuild, head.Value <= options.FilledInPlaceMax, cancellationToken);
        outages.Back(projection.Name);
        if (prepared is not { } position)
        {
            return false;
        }

        logger.Leads(projection.Name, projection.Version, position);
        signals.Reached(projection, position, position);

        using var reader = feeds.Join(projection, position);
        await using var pipeline = new ProjectionPipeline(projection, store, new(projection, store, _decisions.Skipped), options, time, position);
        try
        {
            await Follow(reader, pipeline, cancellationToken);
        }
        catch (OperationCanceledException) when (watch.Known.IsPaused && !leadership.Lost.IsCancellationRequested)
        {
            await SaveTold(pipeline, stopping);
            throw;
        }

        return true;
    }

    // For other nodes, and for this one when it starts again: a pause may be long, and what was told before should not be told otherwise.
    async Task SaveTold(ProjectionPipeline pipeline, CancellationToken cancellationToken)
    {
        if (!pipeline.IsWriting && signals.PositionOf(projection.Name) is { } told && told > pipeline.Saved)
        {
            try
            {
                await pipeline.Save(told, cancellationToken);
            }
            catch (Exception e) when (e is CheckpointMovedException or ReadModelUnavailableException)
            {
                // This process remembers it, and no event of the projection lies between the two.
            }
        }
    }

    async Task AwaitRebuild(CancellationToken cancellationToken)
    {
        watch.Nudge();
        try
        {
            await watch.Changed.WaitAsync(options.LeaderPollInterval, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Another node may have made it.
        }
    }

    async Task Follow(FeedReader reader, ProjectionPipeline pipeline, CancellationToken cancellationToken)
    {
        var (reached, unsavedSince, begun) = (pipeline.Saved, 0L, 0L);
        while (true)
        {
            var more = reader.More;
            if (!reader.HasEnough(options.BatchEventsMax, options.BatchBytesMax))
            {
                await more.WaitAsync(cancellationToken);
                continue;
            }

            if (PauseAfter(begun, signals.AreAwaited) > TimeSpan.Zero && !reader.IsFull(options.BatchEventsMax, options.BatchBytesMax))
            {
                // Nothing waits for readers in the meantime; events do, to go together.
                await Settle(pipeline, reached, cancellationToken);
                await Gather(begun, cancellationToken);
            }

            if (reader.TryTake(options.BatchEventsMax, options.BatchBytesMax, out var batch))
            {
                unsavedSince = reached == pipeline.Saved ? time.GetTimestamp() : unsavedSince;
                if (batch.Events.Count > 0)
                {
                    begun = time.GetTimestamp();
                    await pipeline.Project(batch, cancellationToken);
                }

                reached = batch.Reached;
                Tell(pipeline, reached);
            }
            else if (pipeline.IsWriting)
            {
                await Settle(pipeline, reached, cancellationToken);
            }
            else if (reached == pipeline.Saved)
            {
                await reader.Wait(cancellationToken);
            }
            else if (!await WaitAtMost(reader, options.IdleSaveDelay - time.GetElapsedTime(unsavedSince), cancellationToken))
            {
                await pipeline.Save(reached, cancellationToken);
            }
        }
    }

    TimeSpan PauseAfter(long begun, bool isAwaited)
    {
        var pause = (isAwaited ? options.BatchIntervalMin : options.BatchInterval) - time.GetElapsedTime(begun);
        return pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
    }

    async Task Gather(long begun, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before the look, so that who begins to wait in between is not missed. Who came and went is no reason to wait deaf.
            var awaited = signals.Awaited;
            var isAwaited = signals.AreAwaited;
            var pause = PauseAfter(begun, isAwaited);
            if (pause == TimeSpan.Zero)
            {
                return;
            }

            await (isAwaited ? Task.Delay(pause, time, cancellationToken) : awaited.WaitAsync(pause, time, cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    async Task Settle(ProjectionPipeline pipeline, LogPosition reached, CancellationToken cancellationToken)
    {
        if (await pipeline.Settle(cancellationToken) is not null)
        {
            _pause = options.RetryPauseMin;
            Tell(pipeline, reached);
        }
    }

    // What is being written nobody can read yet. What is written is lost again if the database's server crashes within some hundred
    // milliseconds, for its transactions do not wait for the disk; the lead is lost with its connection then, before the server
    // answers anybody, and this process tells no position until it has looked where the checkpoint really is (see LeaderLock).
    void Tell(ProjectionPipeline pipeline, LogPosition reached) => signals.Reached(projection, pipeline.IsWriting ? pipeline.Saved : reached, pipeline.Saved);

    async Task<bool> WaitAtMost(FeedReader reader, TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (atMost <= TimeSpan.Zero)
        {
            return false;
        }

        using var late = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await reader.Wait(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    async Task StandStill(Exception e, CancellationToken cancellationToken)
    {
        logger.StandsStill(projection.Name, e.Message, e);
        try
        {
            await checkpoints.Fail(projection, e.Message, (e as PoisonEventException)?.Event, cancellationToken);
        }
        catch (Exception lost) when (lost is ReadModelUnavailableException or OperationCanceledException)
        {
            logger.ErrorNotNoted(projection.Name, lost.Message);
        }
    }
}
