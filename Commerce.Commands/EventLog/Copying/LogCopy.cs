using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.Copying;

/// <summary>
/// Copies one log into another: every event in the order of the whole log, at the same revision of the same stream, with its id, type,
/// data and metadata. Positions and times are the target's own; the source's time goes along in the metadata (<see cref="CopiedMetadata"/>).
/// </summary>
/// <remarks>
/// Nothing is kept beside the logs: what the target holds is the beginning of what the source holds, so a copy that was cut short
/// goes on behind it. Appends go one after the other, or many in one transaction where the target can do that, for the order must
/// hold at whatever moment the copy is cut short. Memory is bounded by two batches.
/// </remarks>
public sealed class LogCopy(ICopySource source, IEventLog target)
{
    // Shares of the work, roughly, for who watches: copying costs more than reading.
    const double CopyShare = 0.6;
    const double VerifyShare = (1 - CopyShare) / 2;

    /// <summary>Events between two words of progress.</summary>
    const int ReportEvery = 512;

    /// <summary>From one log to another.</summary>
    public LogCopy(IEventLog source, IEventLog target)
        : this(new LogSource(source), target)
    {
    }

    /// <summary>Copies up to where the source is now, then reads both from the start and compares.</summary>
    /// <exception cref="LogCopyException">The target holds something else, somebody else writes to it, or the source cannot be copied; one sentence.</exception>
    /// <exception cref="EventLogUnavailableException">One of the logs does not answer: the copy can be gone on with.</exception>
    /// <exception cref="OperationCanceledException">Cut short: the copy can be gone on with.</exception>
    public async Task<LogCopyReport> Run(IProgress<LogCopyProgress>? progress, CancellationToken cancellationToken)
    {
        var head = await source.Head(cancellationToken);
        long found, copied;
        await using (var events = Until(head, cancellationToken).GetAsyncEnumerator(cancellationToken))
        {
            found = await Compare(events, head, progress, cancellationToken);
            copied = await Copy(events, head, progress, cancellationToken);
        }

        var original = await LogDigest.Of(source.Events(LogPosition.Start, cancellationToken), head, Tell(progress, "verified in the source", head, CopyShare, VerifyShare));
        var end = await target.Head(cancellationToken);
        var copy = await LogDigest.Of(new LogSource(target).Events(LogPosition.Start, cancellationToken), end, Tell(progress, "verified in the target", end, CopyShare + VerifyShare, VerifyShare));
        if (copy != original)
            throw new LogCopyException($"The target is no copy: it holds {copy.Events} events with hash {copy.Sha256}, the source {original.Events} with {original.Sha256}. Did anybody else write to it?");

        return new(copied, found, original, head, await HasGrown(head, cancellationToken));
    }

    // Its head moves on with what other logs on its server take, too.
    async Task<bool> HasGrown(LogPosition head, CancellationToken cancellationToken)
    {
        await using var later = source.Events(head, cancellationToken).GetAsyncEnumerator(cancellationToken);
        return await later.MoveNextAsync();
    }

    async IAsyncEnumerable<RecordedEvent> Until(LogPosition head, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var e in source.Events(LogPosition.Start, cancellationToken))
        {
            if (e.Position > head)
                yield break;

            yield return e;
        }
    }

    // Leaves the source's events where the target ends.
    async Task<long> Compare(IAsyncEnumerator<RecordedEvent> events, LogPosition head, IProgress<LogCopyProgress>? progress, CancellationToken cancellationToken)
    {
        var tell = Tell(progress, "found in the target", head, 0, CopyShare);
        var found = 0L;
        await foreach (var there in target.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, cancellationToken))
        {
            if (!await events.MoveNextAsync())
                throw new LogCopyException($"The target holds more than the source: its event {found + 1}, in {there.Stream}, is none of it. Copy into an empty log.");

            if (!IsCopy(there, events.Current))
                throw new LogCopyException($"The target holds something else: its event {found + 1}, in {there.Stream}, is not the source's. Copy into an empty log.");

            found++;
            tell(found, events.Current.Position);
        }

        return found;
    }

    async Task<long> Copy(IAsyncEnumerator<RecordedEvent> events, LogPosition head, IProgress<LogCopyProgress>? progress, CancellationToken cancellationToken)
    {
        var tell = Tell(progress, "copied", head, 0, CopyShare);
        var (batch, copied) = (new CopyBatch(), 0L);
        var writing = Task.CompletedTask;
        try
        {
            // The next batch is read while one is written.
            while (await events.MoveNextAsync())
            {
                if (batch.TryAdd(events.Current))
                    continue;

                await writing;
                writing = Write(batch, cancellationToken);
                copied += batch.Events;
                tell(copied, batch.End);
                batch = new();
                batch.TryAdd(events.Current);
            }
        }
        finally
        {
            await writing;
        }

        await Write(batch, cancellationToken);
        return copied + batch.Events;
    }

    async Task Write(CopyBatch batch, CancellationToken cancellationToken)
    {
        if (target is IAppendsInOrder ordered)
        {
            var results = batch.Appends.Count == 0 ? [] : await ordered.AppendInOrder(batch.Appends, cancellationToken);
            for (var n = 0; n < results.Count; n++)
                Taken(batch.Appends[n], results[n]);

            return;
        }

        foreach (var append in batch.Appends)
            Taken(append, await target.Append(append.Stream, append.Expected, append.Events, cancellationToken));
    }

    static void Taken(StreamAppend append, AppendResult result)
    {
        if (result is not AppendResult.WrongExpectedRevision { Actual: var actual })
            return;

        throw new LogCopyException(actual == -1
            ? $"The source's stream {append.Stream} begins at revision {append.Expected.Revision + 1}: a part of it was removed there, and no other log can go on from it."
            : $"Somebody else writes to the target: its stream {append.Stream} is at revision {actual} instead of {append.Expected}. Copy into an empty log that nobody uses.");
    }

    static bool IsCopy(RecordedEvent there, RecordedEvent here) =>
        (there.Stream, there.Revision, there.Id, there.Type) == (here.Stream, here.Revision, here.Id, here.Type)
        && there.Data.Span.SequenceEqual(here.Data.Span)
        && CopiedMetadata.Without(there.Metadata).Span.SequenceEqual(CopiedMetadata.Without(here.Metadata).Span);

    static Action<long, LogPosition> Tell(IProgress<LogCopyProgress>? progress, string doing, LogPosition end, double done, double share)
    {
        var told = 0L;
        return (events, position) =>
        {
            if (events - told < ReportEvery)
                return;

            told = events;
            progress?.Report(new(doing, events, done + (share * Math.Min(1, (double)position.Value / Math.Max(1, end.Value)))));
        };
    }
}
