using System.Diagnostics;
using Commerce.Commands.EventLog;
using Commerce.Domain;
using Commerce.Domain.Log;

namespace Commerce.Commands.Handling;

/// <summary>
/// Takes a stream's waiting commands to their answers: decide, append, answer; on a lost race read what is new and decide again.
/// </summary>
sealed class Turn<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream, ProcessorParts parts)
    where TCommand : notnull
    where TEvent : class
{
    readonly StreamLoad _load = new(parts.Time);

    /// <summary>What is known of the stream.</summary>
    public StreamState<TCommand, TEvent, TState> Known { get; } = new(decider, stream, parts.Log, parts.Options.SeenPerStreamMax, parts.Snapshots);

    /// <summary>Other nodes that write to it.</summary>
    public Rivals Rivals { get; } = new(stream, parts.Log as ITakesTurns, parts.Time, parts.Options);

    /// <summary>Answers every one of the works, in what way ever.</summary>
    public async Task Take(IReadOnlyList<Work<TCommand>> works, CancellationToken stopping)
    {
        CommandTelemetry.BatchSize.Record(works.Count);
        try
        {
            await DecideAll(works, stopping).ConfigureAwait(false);
            _load.Count(works.Count);
            Known.AskForSnapshot(_load.PerSecond);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Known.Forget();
            FailRest(works, new EventLogUnavailableException("Stopped before the log answered."));
        }
        catch (Exception exception)
        {
            // Whatever it was, the callers wait for an answer and this stream must not take the worker along.
            Known.Forget();
            CommandLog.TurnFailed(parts.Logger, exception, stream.Value, works.Count);
            FailRest(works, exception);
        }
    }

    async Task DecideAll(IReadOnlyList<Work<TCommand>> works, CancellationToken stopping)
    {
        if (stopping.IsCancellationRequested)
        {
            RefuseRest(works);
            return;
        }

        Rivals.Begin();

        // What was read after the commands came in is new enough to answer from; the cache is not, and neither is a guess.
        var isGuess = Known.Current is null && works.All(w => w.Context.BeginsStream);
        var isFresh = Known.Current is null && !isGuess;
        if (isGuess)
        {
            Known.TakeForEmpty();
        }
        else if (isFresh)
        {
            await Known.CatchUp(stopping).ConfigureAwait(false);
        }
        else if (Rivals.AreThere)
        {
            await CatchUp(stopping).ConfigureAwait(false);
            isFresh = true;
        }

        // A wrong guess is no lost race.
        var (done, attempts) = (0, isGuess ? -1 : 0);
        while (done < works.Count)
        {
            var next = done;
            var batch = Batch<TCommand, TEvent, TState>.Decide(decider, Known, works, ref next, parts.Time.GetUtcNow());
            var confirmed = batch.Events.Count > 0
                ? await TryAppend(batch, works, done..next, stopping).ConfigureAwait(false)
                : isFresh || !await CatchUp(stopping).ConfigureAwait(false);
            if (confirmed)
            {
                AnswerUntil(works, done, next);
                (done, attempts) = (next, 0);
            }
            else if (batch.Events.Count > 0 && !await TryAgain(++attempts, stopping).ConfigureAwait(false))
            {
                RefuseRest(works);
                return;
            }

            isFresh = true;
        }
    }

    /// <summary>Reads what a lost race was lost to; false: it was one too many.</summary>
    async Task<bool> TryAgain(int attempts, CancellationToken stopping)
    {
        CommandTelemetry.Conflicts.Add(1);
        if (attempts == parts.Options.AttemptsMax)
        {
            CommandLog.RacesLost(parts.Logger, stream.Value, attempts);
            return false;
        }

        Rivals.Begin();
        await CatchUp(stopping).ConfigureAwait(false);
        return true;
    }

    /// <summary>Reads what another node has written; says whether that was anything.</summary>
    async Task<bool> CatchUp(CancellationToken stopping)
    {
        var isNew = await Known.CatchUp(stopping).ConfigureAwait(false);
        if (isNew)
        {
            Rivals.Seen();
        }

        return isNew;
    }

    /// <summary>Appends what a batch decided; false: the race was lost and nothing was written.</summary>
    async Task<bool> TryAppend(Batch<TCommand, TEvent, TState> batch, IReadOnlyList<Work<TCommand>> works, Range decided, CancellationToken stopping)
    {
        var revision = Known.Current?.Revision ?? -1;
        switch (await AppendShown(ExpectedRevision.Exact(revision), batch.Events, works, decided, stopping).ConfigureAwait(false))
        {
            case AppendResult.Appended appended:
                Known.Advance(batch.State, appended.Revision, appended.Position);
                batch.NoteSeen(appended.Position);
                Rivals.Won();
                return true;
            case AppendResult.WrongExpectedRevision wrong:
                if (wrong.Actual < revision)
                {
                    Known.Forget();
                }

                return false;
            default:
                throw new UnreachableException();
        }
    }

    async Task<AppendResult> AppendShown(ExpectedRevision expected, IReadOnlyList<NewEvent> events, IReadOnlyList<Work<TCommand>> works, Range decided, CancellationToken stopping)
    {
        var started = Stopwatch.GetTimestamp();
        AppendResult? result = null;
        try
        {
            return result = await Append(expected, events, stopping).ConfigureAwait(false);
        }
        finally
        {
            AppendTelemetry.Ended(stream, events, result, started);
            if (CommerceTelemetry.Source.HasListeners())
            {
                AppendTelemetry.Show(stream, works.Take(decided).Where(w => w.Writes).Select(w => w.Activity), events.Count, result, started);
            }
        }
    }

    /// <summary>Appends; where the log does not answer, the same events again: their ids settle whether they are there already.</summary>
    async Task<AppendResult> Append(ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await parts.Log.Append(stream, expected, events, stopping).ConfigureAwait(false);
            }
            catch (EventLogUnavailableException) when (attempt < parts.Options.AppendTriesMax)
            {
                await Task.Delay(parts.Options.PauseAfter(attempt), parts.Time, stopping).ConfigureAwait(false);
            }
        }
    }

    void AnswerUntil(IReadOnlyList<Work<TCommand>> works, int from, int end)
    {
        for (var n = from; n < end; n++)
        {
            works[n].Answer(Known.Position);
        }
    }

    void RefuseRest(IReadOnlyList<Work<TCommand>> works)
    {
        foreach (var work in works.Where(w => !w.IsAnswered))
        {
            work.Answer(new CommandOutcome.Overloaded(parts.Options.RetryAfter));
        }
    }

    static void FailRest(IReadOnlyList<Work<TCommand>> works, Exception exception)
    {
        foreach (var work in works.Where(w => !w.IsAnswered))
        {
            work.Fail(exception);
        }
    }
}
