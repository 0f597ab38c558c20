using System.Threading.Channels;
using Commerce.Domain.Log;

namespace Commerce.Domain.Seals;

/// <summary>Events behind those of a seal, up to the log's head, hashed: all that a seal may seal. They are read ahead while those before them are hashed: two processors share the work.</summary>
public sealed class SealedEvents : IAsyncDisposable
{
    /// <summary>Events that are handed on together.</summary>
    const int PageEventsMax = 1_024;

    /// <summary>Bytes of events that are handed on together, and one event more.</summary>
    const int PageBytesMax = 1024 * 1024;

    /// <summary>Pages that wait to be taken, so that neither who reads nor who hashes waits for the other's next page.</summary>
    const int PagesAheadMax = 2;

    readonly StreamHashes _hashes;
    readonly Channel<List<RecordedEvent>> _pages = Channel.CreateBounded<List<RecordedEvent>>(new BoundedChannelOptions(PagesAheadMax) { SingleReader = true, SingleWriter = true });
    readonly CancellationTokenSource _stop;
    readonly Task _reading;
    List<RecordedEvent> _page = [];
    int _at;
    long _toSkip;

    SealedEvents(IEventLog log, LogPosition position, long toSkip, StreamHashes hashes, CancellationToken cancellationToken)
    {
        (_hashes, _toSkip) = (hashes, toSkip);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _reading = Task.Run(() => Read(log, position, _pages.Writer, _stop.Token), CancellationToken.None);
    }

    /// <summary>Begins to read them.</summary>
    /// <param name="log">The log.</param>
    /// <param name="after">The seal; null: from the first event.</param>
    /// <param name="hashes">Hashes them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<SealedEvents> Begin(IEventLog log, SealEvent.Sealed? after, StreamHashes hashes, CancellationToken cancellationToken)
    {
        var position = after is null ? null : await SealedLog.PositionOf(log, after, cancellationToken).ConfigureAwait(false);
        return new(log, position ?? LogPosition.Start, position is null ? after?.End ?? 0 : 0, hashes, cancellationToken);
    }

    /// <summary>Adds the next events to these until there are so many, or there are no more.</summary>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    public async ValueTask Fill(List<HashedEvent> events, int count)
    {
        while (events.Count < count && (_at < _page.Count || await NextPage().ConfigureAwait(false)))
        {
            if (TakeKnown(events, count) is { } unknown)
            {
                events.Add(await _hashes.Anew(unknown, _stop.Token).ConfigureAwait(false));
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        _stop.Dispose();
    }

    // Without a turn of the state machine for each. An event whose stream is not remembered is given back: it takes reading.
    RecordedEvent? TakeKnown(List<HashedEvent> events, int count)
    {
        while (events.Count < count && _at < _page.Count)
        {
            var e = _page[_at++];
            if (_toSkip-- > 0)
            {
                continue;
            }

            if (!_hashes.TryNext(e, out var hashed))
            {
                return e;
            }

            events.Add(hashed);
        }

        return null;
    }

    async ValueTask<bool> NextPage()
    {
        if (!await _pages.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false) || !_pages.Reader.TryRead(out var page))
        {
            return false;
        }

        (_page, _at) = (page, 0);
        return true;
    }

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
}
