using System.Diagnostics;
using System.Threading.Channels;
using Commerce.Domain.Log;
using Commerce.Projections.Documents;
using Microsoft.Extensions.Logging;

namespace Commerce.Projections.Daemon;

/// <summary>Keeps one projection up: waits to lead it, follows the log, begins anew after what was lost. Its failure is its own.</summary>
sealed class ProjectionLoop(
    IProjection projection,
    IEventLog log,
    IDocumentStore store,
    ReadDatabase database,
    CheckpointStore checkpoints,
    ProjectionSignals signals,
    ProjectionOptions options,
    TimeProvider time,
    ILogger logger)
{
    readonly BatchProjector _projector = new(projection, store);
    TimeSpan _pause = options.RetryPauseMin;

    /// <summary>Runs until cancelled, or until an event stops it.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        // Asked each time: a database that is closed already throws before it looks at the token.
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var leadership = await Leadership(cancellationToken);
                using var leading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, leadership.Lost);
                await Lead(leading.Token);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException e)
            {
                logger.LostLead(projection.Name, e);
                await Task.Delay(options.LeaderPollInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (CheckpointMovedException e)
            {
                logger.SteppedBack(projection.Name, e);
                await Task.Delay(options.LeaderPollInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is ReadModelUnavailableException or EventLogException)
            {
                logger.Lost(projection.Name, _pause, e);
                await Task.Delay(_pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _pause = _pause * 2 < options.RetryPauseMax ? _pause * 2 : options.RetryPauseMax;
            }
#pragma warning disable CA1031 // Whatever it is, it stops this projection alone, and everybody is told.
            catch (Exception e)
#pragma warning restore CA1031
            {
                await StandStill(e, cancellationToken);
                return;
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

            await Task.Delay(options.LeaderPollInterval, time, cancellationToken);
        }
    }

    async Task Lead(CancellationToken cancellationToken)
    {
        var position = await checkpoints.Prepare(projection, await log.Head(cancellationToken), cancellationToken);
        logger.Leads(projection.Name, projection.Version, position);
        signals.Reached(projection.Name, position);

        // Reading ahead while a batch is written is what makes batches large under load.
        var waiting = Channel.CreateBounded<LogMessage>(new BoundedChannelOptions(options.BatchEventsMax) { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAhead(position, waiting.Writer, stop.Token);
        try
        {
            await Follow(waiting.Reader, position, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    async Task ReadAhead(LogPosition position, ChannelWriter<LogMessage> waiting, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in log.Subscribe(position, projection.Filter, cancellationToken))
            {
                await waiting.WriteAsync(message, cancellationToken);
            }

            waiting.Complete(new EventLogUnavailableException("The subscription ended."));
        }
#pragma warning disable CA1031 // Who takes from the channel gets it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            waiting.TryComplete(e);
        }
    }

    async Task Follow(ChannelReader<LogMessage> waiting, LogPosition position, CancellationToken cancellationToken)
    {
        var (saved, reached, unsavedSince) = (position, position, 0L);
        while (true)
        {
            if (EventBatch.TryTake(waiting, options.BatchEventsMax, options.BatchBytesMax, out var batch))
            {
                unsavedSince = reached == saved ? time.GetTimestamp() : unsavedSince;
                reached = batch.Reached;
                if (batch.Events.Count > 0)
                {
                    var started = Stopwatch.GetTimestamp();
                    saved = await _projector.Apply(batch.Events, saved, reached, cancellationToken);
                    ProjectionTelemetry.Applied(projection.Name, batch.Events, started, time.GetUtcNow());
                    _pause = options.RetryPauseMin;
                }

                signals.Reached(projection.Name, reached);
            }
            else if (reached == saved)
            {
                await Wait(waiting, cancellationToken);
            }
            else if (!await WaitAtMost(waiting, options.IdleSaveDelay - time.GetElapsedTime(unsavedSince), cancellationToken))
            {
                saved = await _projector.Apply([], saved, reached, cancellationToken);
            }
        }
    }

    static async Task Wait(ChannelReader<LogMessage> waiting, CancellationToken cancellationToken)
    {
        if (!await waiting.WaitToReadAsync(cancellationToken))
        {
            throw new EventLogUnavailableException("The subscription ended.");
        }
    }

    async Task<bool> WaitAtMost(ChannelReader<LogMessage> waiting, TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (atMost <= TimeSpan.Zero)
        {
            return false;
        }

        using var late = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await Wait(waiting, either.Token);
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
            await checkpoints.Fail(projection, e.Message, cancellationToken);
        }
        catch (Exception lost) when (lost is ReadModelUnavailableException or OperationCanceledException)
        {
            logger.ErrorNotNoted(projection.Name, lost);
        }
    }
}
