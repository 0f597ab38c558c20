using System.Collections.Concurrent;
using System.Collections.Immutable;
using Commerce.Domain;
using Commerce.Domain.Log;

namespace Commerce.Projections.Timelines;

/// <summary>
/// Everything that happened to one order, in one line of time: its own events, those of its payment and of its fulfilment, and
/// what stock, and the flash sale where it was claimed in one, did for it. Read from the log alone, so it can be read while the read models cannot.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="locations">Where stock is looked for, as long as an order's fulfilment itself does not say.</param>
public sealed class OrderTimeline(IEventLog log, ImmutableArray<LocationId> locations)
{
    /// <summary>Events of a page at most: of usual size, they make half a mebibyte.</summary>
    public const int LimitMax = 1_000;

    /// <summary>Streams of one line at most: an order of the most lines, all of other SKUs, at two locations.</summary>
    public const int StreamsMax = 4_096;

    /// <summary>Events read for one page at most: of stock most are about other orders. They take a second or two.</summary>
    const int ReadEventsMax = 50_000;

    /// <summary>Events read of one stream at least, however many streams share them.</summary>
    const int ReadOfStreamMin = 16;

    /// <summary>Streams that are read at once.</summary>
    const int StreamsAtOnceMax = 16;

    /// <summary>The order's events after a position.</summary>
    /// <param name="order">The order.</param>
    /// <param name="after">Any position; <see cref="LogPosition.Start"/> for the beginning.</param>
    /// <param name="limit">Events at most, 1 to <see cref="LimitMax"/>.</param>
    /// <param name="cancellationToken">Cancels the waiting for the log.</param>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    /// <exception cref="StreamDeletedException">An operator deleted one of the streams for good.</exception>
    public async Task<Timeline> Read(OrderId order, LogPosition after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LimitMax);

        // Events become visible in the order of their positions: up to here every stream tells all, whenever it is read.
        var head = await log.Head(cancellationToken).ConfigureAwait(false);
        if (await OrderStreams.Find(order, log, locations, cancellationToken).ConfigureAwait(false) is not { } streams)
        {
            return new Timeline.Unknown();
        }

        if (streams.All.Length > StreamsMax)
        {
            return new Timeline.TooWide(streams.All.Length);
        }

        var readMax = Math.Max(ReadOfStreamMin, ReadEventsMax / streams.All.Length);
        var parts = new ConcurrentBag<Part>();
        await Parallel.ForEachAsync(
            streams.All,
            new ParallelOptions { MaxDegreeOfParallelism = StreamsAtOnceMax, CancellationToken = cancellationToken },
            async (stream, ct) =>
            {
                var first = streams.FirstOf(stream);
                parts.Add(await ReadPart(streams, stream, after > first ? after : first, head, Math.Min(limit, readMax), readMax, ct).ConfigureAwait(false));
            }).ConfigureAwait(false);
        return Join([.. parts], limit);
    }

    async Task<Part> ReadPart(OrderStreams streams, StreamName stream, LogPosition after, LogPosition head, int wanted, int readMax, CancellationToken cancellationToken)
    {
        if (await StreamSearch.FirstAfter(log, stream, after, cancellationToken).ConfigureAwait(false) is not { } first)
        {
            return new Part([], null);
        }

        var found = new List<RecordedEvent>();
        var (read, reached) = (0, after);
        await foreach (var recorded in log.ReadStream(stream, ReadDirection.Forwards, first, readMax, cancellationToken).ConfigureAwait(false))
        {
            if (recorded.Position > head)
            {
                return new Part(found, null);
            }

            (read, reached) = (read + 1, recorded.Position);
            if (streams.IsAbout(recorded))
            {
                found.Add(recorded);
                if (found.Count == wanted)
                {
                    return new Part(found, reached);
                }
            }
        }

        return new Part(found, read < readMax ? null : reached);
    }

    // What lies beyond the place that one stream was read to may have something of that stream before it.
    static Timeline.Page Join(IReadOnlyCollection<Part> parts, int limit)
    {
        LogPosition? reached = parts.Any(p => p.Reached is not null) ? parts.Where(p => p.Reached is not null).Min(p => p.Reached) : null;
        RecordedEvent[] found = [.. parts.SelectMany(p => p.Found).Where(e => reached is not { } end || e.Position <= end).OrderBy(e => e.Position)];
        return found.Length > limit
            ? new Timeline.Page(found[..limit], found[limit - 1].Position)
            : new Timeline.Page(found, reached);
    }

    /// <summary>What was found in one stream.</summary>
    /// <param name="Found">Events about the order.</param>
    /// <param name="Reached">Position up to which the stream was read; null: to its end.</param>
    readonly record struct Part(IReadOnlyList<RecordedEvent> Found, LogPosition? Reached);
}
