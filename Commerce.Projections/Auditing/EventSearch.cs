using System.Runtime.CompilerServices;
using System.Text;
using Commerce.Domain.Log;

namespace Commerce.Projections.Auditing;

/// <summary>Which events of the whole log are wanted; what is null does not matter.</summary>
public sealed record EventQuery
{
    /// <summary>Characters of a type or of a correlation id at most.</summary>
    public const int TextLengthMax = 200;

    /// <summary>Versioned name, e.g. <c>order-placed.v1</c>.</summary>
    public string? Type { get; init; }

    /// <summary>What one request set off.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Events at this time or later, or behind this position.</summary>
    public Moment? From { get; init; }

    /// <summary>Events up to this moment.</summary>
    public Moment? To { get; init; }

    /// <summary>Whether every event between two positions is wanted.</summary>
    internal bool IsOfPositionsAlone => Type is null && CorrelationId is null && From is null or { Position: not null } && To is null or { Position: not null };
}

/// <summary>Some of the events that were looked for.</summary>
/// <param name="Events">In the order of the log.</param>
/// <param name="Next">Position behind which to go on; null: these are the last so far.</param>
public sealed record FoundEvents(IReadOnlyList<RecordedEvent> Events, LogPosition? Next);

/// <summary>
/// Looks for events in the whole log by reading it: on every engine, and also while the read database is away. An index of correlation ids
/// would have to be written with every event that anybody appends, as much again as the event's own index entries, for the few times that
/// an auditor asks; reading passes some 200,000 events a second, and bounds of positions make it short.
/// </summary>
public sealed class EventSearch(IEventLog log) : IDisposable
{
    /// <summary>Events of a page at most: of usual size, they make half a mebibyte.</summary>
    public const int LimitMax = 1_000;

    /// <summary>Events that one page looks through at most: they take a second or two. It says how far it came.</summary>
    public const int LookedThroughMax = 100_000;

    /// <summary>Bytes of events after which a page ends.</summary>
    public const int PageBytesMax = 4 * 1024 * 1024;

    /// <summary>Searches under way in this process at most: each keeps a processor busy.</summary>
    public const int SearchesMax = 4;

    readonly SemaphoreSlim _searches = new(SearchesMax);

    /// <summary>Begins a search.</summary>
    /// <returns>To be disposed of when it has ended; null: <see cref="SearchesMax"/> are under way.</returns>
    public IDisposable? Begin() => _searches.Wait(TimeSpan.Zero, CancellationToken.None) ? new Turn(_searches) : null;

    /// <summary>Position of the newest event.</summary>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    public Task<LogPosition> Head(CancellationToken cancellationToken) => log.Head(cancellationToken);

    /// <summary>A page of them.</summary>
    /// <param name="query">Which.</param>
    /// <param name="after">Behind this position, one that an event has; null: from the beginning.</param>
    /// <param name="limit">Events at most, 1 to <see cref="LimitMax"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    public async Task<FoundEvents> Page(EventQuery query, LogPosition? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LimitMax);
        var (found, looked, bytes) = (new List<RecordedEvent>(), 0, 0);

        // Else the log reads a page of its own to the end, thousands of events, for the twenty that are wanted.
        var count = query.IsOfPositionsAlone ? limit : int.MaxValue;
        await foreach (var (e, isWanted) in Look(query, after, count, cancellationToken).ConfigureAwait(false))
        {
            looked++;
            if (isWanted)
            {
                found.Add(e);
                bytes += e.Data.Length + e.Metadata.Length;
            }

            if (found.Count == limit || looked == LookedThroughMax || bytes >= PageBytesMax)
            {
                return new(found, e.Position);
            }
        }

        return new(found, null);
    }

    /// <summary>All of them, as they are read.</summary>
    /// <param name="query">Which.</param>
    /// <param name="after">Behind this position, one that an event has; null: from the beginning.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    public async IAsyncEnumerable<RecordedEvent> All(EventQuery query, LogPosition? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (e, isWanted) in Look(query, after, int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            if (isWanted)
            {
                yield return e;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _searches.Dispose();

    async IAsyncEnumerable<(RecordedEvent Event, bool IsWanted)> Look(EventQuery query, LogPosition? after, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (begin, end) = (query.From?.Position ?? LogPosition.Start, query.To?.Position);
        var correlation = query.CorrelationId is { } id ? new CorrelationFilter(id) : null;
        await foreach (var e in log.ReadAll(after > begin ? after.Value : begin, StreamFilter.All, count, cancellationToken).ConfigureAwait(false))
        {
            if (e.Position > end)
            {
                yield break;
            }

            yield return (e, (query.Type is null || e.Type == query.Type)
                && (correlation is null || correlation.Matches(e.Metadata))
                && (query.From is not { } from || from.IsFollowedBy(e))
                && (query.To is not { } to || to.Includes(e)));
        }
    }

    sealed class Turn(SemaphoreSlim searches) : IDisposable
    {
        SemaphoreSlim? _searches = searches;

        public void Dispose() => Interlocked.Exchange(ref _searches, null)?.Release();
    }

    /// <summary>Passes over metadata that does not hold the id's bytes at all, which is nearly all of it, without reading its JSON.</summary>
    sealed class CorrelationFilter(string id)
    {
        // What JSON may write in several ways is read.
        readonly byte[]? _bytes = id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '@') ? Encoding.ASCII.GetBytes(id) : null;

        public bool Matches(ReadOnlyMemory<byte> metadata) =>
            (_bytes is null || metadata.Span.IndexOf(_bytes) >= 0) && EventMetadata.TryRead(metadata)?.CorrelationId == id;
    }
}
