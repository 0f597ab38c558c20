using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Commerce.Domain.Log;

namespace Commerce.Domain.Seals;

/// <summary>What of a log is sealed, and in which order.</summary>
public static class SealedLog
{
    /// <summary>Events of one read.</summary>
    const int ReadEventsMax = 4_096;

    /// <summary>Reads that wait to be taken: one while the next is under way.</summary>
    const int PagesAheadMax = 1;

    /// <summary>The seals, oldest first.</summary>
    /// <param name="log">The log.</param>
    /// <param name="from">Number of the first one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async IAsyncEnumerable<SealEvent.Sealed> Seals(IEventLog log, long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var recorded in log.ReadStream(SealLog.Stream, ReadDirection.Forwards, from, int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            if (EventCatalog.Read(recorded) is SealEvent.Sealed seal)
            {
                yield return seal;
            }
        }
    }

    /// <summary>The newest seal with its revision; null: there is none.</summary>
    public static async Task<(SealEvent.Sealed Seal, long Revision)?> Last(IEventLog log, CancellationToken cancellationToken)
    {
        await foreach (var recorded in log.ReadStream(SealLog.Stream, ReadDirection.Backwards, long.MaxValue, 1, cancellationToken).ConfigureAwait(false))
        {
            return EventCatalog.Read(recorded) is SealEvent.Sealed seal ? (seal, recorded.Revision) : null;
        }

        return null;
    }

    /// <summary>Events behind those of a seal, up to the log's head now, hashed: all that a seal may seal.</summary>
    /// <param name="log">The log.</param>
    /// <param name="after">The seal; null: from the first event.</param>
    /// <param name="hashes">Hashes them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async IAsyncEnumerable<HashedEvent> Events(IEventLog log, SealEvent.Sealed? after, StreamHashes hashes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var position = after is null ? null : await PositionOf(log, after, cancellationToken).ConfigureAwait(false);
        var toSkip = position is null ? after?.End ?? 0 : 0;
        var pages = Channel.CreateBounded<List<(RecordedEvent, Hash256)>>(new BoundedChannelOptions(PagesAheadMax) { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = Task.Run(() => Read(log, position ?? LogPosition.Start, pages.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var page in pages.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                foreach (var (e, content) in page)
                {
                    if (toSkip-- <= 0)
                    {
                        yield return await hashes.Next(e, content, cancellationToken).ConfigureAwait(false);
                    }
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }
    }

    // Reads ahead and hashes contents, while those that wait for the page before are chained: two processors share the work.
    static async Task Read(IEventLog log, LogPosition position, ChannelWriter<List<(RecordedEvent, Hash256)>> pages, CancellationToken cancellationToken)
    {
        try
        {
            var head = await log.Head(cancellationToken).ConfigureAwait(false);
            while (position < head)
            {
                var page = new List<(RecordedEvent, Hash256)>(ReadEventsMax);
                var from = position;
                await foreach (var e in log.ReadAll(position, StreamFilter.All, ReadEventsMax, cancellationToken).ConfigureAwait(false))
                {
                    position = e.Position;
                    if (e.Position <= head && e.Stream != SealLog.Stream)
                    {
                        page.Add((e, EventHash.OfContent(e)));
                    }
                }

                await pages.WriteAsync(page, cancellationToken).ConfigureAwait(false);
                position = position == from ? head : position;
            }

            pages.Complete();
        }
        catch (Exception e)
        {
            pages.TryComplete(e);
        }
    }

    // A copy of a log has other positions: where the last sealed event stands in this one, its stream says.
    static async Task<LogPosition?> PositionOf(IEventLog log, SealEvent.Sealed seal, CancellationToken cancellationToken)
    {
        await foreach (var e in log.ReadStream(seal.ThroughStream, ReadDirection.Forwards, seal.ThroughRevision, 1, cancellationToken).ConfigureAwait(false))
        {
            return e.Id == seal.ThroughEvent ? e.Position : null;
        }

        return null;
    }
}
