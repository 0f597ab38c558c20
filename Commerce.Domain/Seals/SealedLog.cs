using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Commerce.Domain.Log;

namespace Commerce.Domain.Seals;

/// <summary>What of a log is sealed, and in which order.</summary>
public static class SealedLog
{
    /// <summary>Events that are handed on together.</summary>
    const int PageEventsMax = 1_024;

    /// <summary>Bytes of events that are handed on together, and one event more.</summary>
    const int PageBytesMax = 1024 * 1024;

    /// <summary>Pages that wait to be taken, so that neither who reads nor who hashes waits for the other's next page.</summary>
    const int PagesAheadMax = 2;

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
        var pages = Channel.CreateBounded<List<RecordedEvent>>(new BoundedChannelOptions(PagesAheadMax) { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = Task.Run(() => Read(log, position ?? LogPosition.Start, pages.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var page in pages.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                foreach (var e in page)
                {
                    if (toSkip-- <= 0)
                    {
                        yield return await hashes.Next(e, cancellationToken).ConfigureAwait(false);
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

    // Reads ahead while those that were read are hashed: two processors share the work.
    static async Task Read(IEventLog log, LogPosition position, ChannelWriter<List<RecordedEvent>> pages, CancellationToken cancellationToken)
    {
        try
        {
            var head = await log.Head(cancellationToken).ConfigureAwait(false);
            var (page, bytes) = (new List<RecordedEvent>(PageEventsMax), 0);
            await foreach (var e in log.ReadAll(position, StreamFilter.All, int.MaxValue, cancellationToken).ConfigureAwait(false))
            {
                if (e.Position > head)
                {
                    break;
                }

                if (e.Stream == SealLog.Stream)
                {
                    continue;
                }

                page.Add(e);
                bytes += e.Data.Length + e.Metadata.Length;
                if (page.Count == PageEventsMax || bytes >= PageBytesMax)
                {
                    await pages.WriteAsync(page, cancellationToken).ConfigureAwait(false);
                    (page, bytes) = (new List<RecordedEvent>(PageEventsMax), 0);
                }
            }

            await pages.WriteAsync(page, cancellationToken).ConfigureAwait(false);
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
