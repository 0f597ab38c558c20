using Commerce.Domain.Log;
using Commerce.Projections.Analytics;
using Commerce.Projections.Daemon.Feeding;
using Commerce.Projections.Documents;
using Microsoft.Extensions.Logging;

namespace Commerce.Projections.Daemon.Building;

/// <summary>
/// Rebuilds one projection where its code is newer than its rows, or where somebody asked for it: beside the live rows, on one of the
/// nodes, and goes on where another one left it. Then swaps. Removes what was replaced when somebody says so.
/// </summary>
sealed class RebuildLoop(
    IProjection projection,
    DecisionWatch watch,
    IEventLog log,
    LogFeeds feeds,
    ReadDatabase database,
    CheckpointStore checkpoints,
    AnalyticsSchema analytics,
    OutageLog outages,
    ProjectionOptions options,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>From one try to swap to the next: readers wait during a try, and not between them.</summary>
    static readonly TimeSpan SwapPause = TimeSpan.FromSeconds(1);

    readonly ReadSchemas _next = RebuildSchemas.Next(projection.Name);
    readonly string _name = $"{projection.Name} rebuild";
    TimeSpan _pause = options.RetryPauseMin;
    long _decided = -1;

    /// <summary>Runs until cancelled, or until a newer version has taken over.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var changed = watch.Changed;
            try
            {
                await Look(changed, cancellationToken);
                _pause = options.RetryPauseMin;
            }
            catch (OperationCanceledException)
            {
                // Asked to stop, paused, or no more the one that builds: the loop asks which.
            }
            catch (ProjectionOutdatedException)
            {
                return;
            }
            catch (ReadModelUnavailableException e) when (e.IsNotBuilt)
            {
                // Nobody has led it here yet: whoever does tells when there is something to do.
                outages.Back(_name);
                await Pause(changed, options.LeaderPollInterval, cancellationToken);
            }
            catch (Exception e) when (e is ReadModelUnavailableException or EventLogException)
            {
                outages.Lost(_name, e);
                await PauseLonger(changed, cancellationToken);
            }
            catch (CheckpointMovedException e)
            {
                logger.RebuildLost(projection.Name, _pause, e.Message);
                await PauseLonger(changed, cancellationToken);
            }
#pragma warning disable CA1031 // Whatever it is, it stops this rebuild alone, and everybody is told.
            catch (Exception e)
#pragma warning restore CA1031
            {
                await StandStill(e, cancellationToken);
                await watch.After(_decided, cancellationToken);
            }
        }
    }

    async Task Look(Task changed, CancellationToken cancellationToken)
    {
        var decisions = await watch.Look(cancellationToken);
        _decided = decisions.Revision;
        if (decisions.IsPaused)
        {
            await changed.WaitAsync(cancellationToken);
            return;
        }

        if (decisions.Dropped is { } dropped)
        {
            await checkpoints.In(RebuildSchemas.Replaced(projection.Name)).DropSchemaOf(projection, dropped, cancellationToken);
        }

        var isWanted = await checkpoints.IsRebuildWanted(projection, decisions.Rebuild, cancellationToken);
        outages.Back(_name);
        if (!isWanted)
        {
            await changed.WaitAsync(cancellationToken);
            return;
        }

        await using var turn = await LeaderLock.TryTake(database, _name, options.LeaderPollInterval, time, cancellationToken);
        if (turn is null)
        {
            await Pause(changed, options.LeaderPollInterval, cancellationToken);
            return;
        }

        using var building = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, turn.Lost, watch.Paused);
        await Rebuild(decisions, building.Token);
    }

    async Task Rebuild(Decisions decisions, CancellationToken cancellationToken)
    {
        await using var build = await ProjectionBuild.Begin(projection.In(_next), _next, decisions, feeds, database, options, time, cancellationToken);
        logger.RebuildBegins(projection.Name, projection.Version, build.Saved);

        // Twice at least: the second time the indexes are there, and little is left.
        await build.Fill(await log.Head(cancellationToken), null, cancellationToken);
        await build.Finish(cancellationToken);
        var swap = new ProjectionSwap(database, checkpoints.Schemas, analytics);
        await build.Fill(await log.Head(cancellationToken), null, cancellationToken);
        while (!await swap.TrySwap(projection, decisions.Rebuild, (position, ct) => build.Fill(position, null, ct), cancellationToken))
        {
            await Task.Delay(SwapPause, time, cancellationToken);
            await build.Fill(await log.Head(cancellationToken), null, cancellationToken);
        }

        logger.RebuildSwapped(projection.Name, projection.Version, build.Saved);
        watch.Nudge();

        // Only now: without it a plan or two may be worse for a moment, and with it before the swap everybody waits for what is new.
        await checkpoints.Analyze(projection, cancellationToken);
    }

    async Task StandStill(Exception e, CancellationToken cancellationToken)
    {
        logger.RebuildStandsStill(projection.Name, e.Message, e);
        try
        {
            await checkpoints.In(_next).Fail(projection, e.Message, (e as PoisonEventException)?.Event, cancellationToken);
        }
        catch (Exception lost) when (lost is ReadModelUnavailableException or OperationCanceledException)
        {
            logger.ErrorNotNoted(projection.Name, lost.Message);
        }
    }

    async Task PauseLonger(Task changed, CancellationToken cancellationToken)
    {
        await Pause(changed, _pause, cancellationToken);
        _pause = _pause * 2 < options.RetryPauseMax ? _pause * 2 : options.RetryPauseMax;
    }

    async Task Pause(Task changed, TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(pause, time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Time to look again, or to stop.
        }
    }
}
