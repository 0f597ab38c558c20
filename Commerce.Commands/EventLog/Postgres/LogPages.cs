using System.Runtime.CompilerServices;
using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>One page of the whole log.</summary>
/// <param name="Events">What passes the filter, in order.</param>
/// <param name="Reached">Everything up to here was looked at.</param>
/// <param name="Head">Newest position when the page was read.</param>
sealed record LogPage(IReadOnlyList<RecordedEvent> Events, LogPosition Reached, LogPosition Head);

/// <summary>
/// Reads the log page by page. A page is read to its end before its events are handed on, so a slow reader holds no
/// connection and no snapshot.
/// </summary>
sealed class LogPages(NpgsqlDataSource database, PostgresEventLogOptions options)
{
    const string Columns = "stream, revision, position, id, type, data, metadata, recorded_at";

    readonly string _head = $"select coalesce(max(position), 0) from {options.Schema}.events";
    readonly string _all = $"select {Columns} from {options.Schema}.events where position > $1 and position <= $2 order by position limit $3";
    readonly string _filtered = $"select {Columns} from {options.Schema}.events where position > $1 and position <= $2 and stream ^@ any ($4) order by position limit $3";
    readonly string _forwards = $"select {Columns} from {options.Schema}.stream_events($1, $2, $3) order by revision";
    readonly string _backwards = $"""
        select {Columns}
        from (
            select least($2, revision + append_events - 1) as last from {options.Schema}.events
            where stream = $1 and append_events > 0 order by revision desc limit 1) head,
            lateral {options.Schema}.stream_events($1, last - $3 + 1, last)
        order by revision desc
        """;

    /// <summary>Newest position that readers can see.</summary>
    public async Task<LogPosition> Head(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand(_head);
            return new((long)(await command.ExecuteScalarAsync(cancellationToken) ?? 0L));
        }
        catch (Exception e) when (PostgresFaults.IsUnavailable(e))
        {
            throw PostgresFaults.Unavailable(e);
        }
    }

    /// <summary>The next page of the whole log, of at most <paramref name="count"/> events.</summary>
    public async Task<LogPage> Next(LogPosition after, StreamFilter filter, long count, CancellationToken cancellationToken)
    {
        var events = (int)Math.Min(count, options.PageEventsMax);
        var window = filter.Prefixes.Count == 0 ? events : options.FilteredPageEventsMax;
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var batch = new NpgsqlBatch(connection);

            // The head first: the second statement's snapshot is not older, so it sees all up to the head.
            batch.BatchCommands.Add(new(_head));
            var page = new NpgsqlBatchCommand(filter.Prefixes.Count == 0 ? _all : _filtered)
            {
                Parameters = { new() { Value = after.Value }, new() { Value = after.Value + window }, new() { Value = events } },
            };
            if (filter.Prefixes.Count > 0)
                page.Parameters.Add(new() { Value = filter.Prefixes.ToArray() });

            batch.BatchCommands.Add(page);
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var head = new LogPosition(reader.GetInt64(0));
            await reader.NextResultAsync(cancellationToken);
            var (found, whole) = await Read(reader, cancellationToken);
            var reached = whole && found.Count < events
                ? new LogPosition(Math.Max(after.Value, Math.Min(after.Value + window, head.Value)))
                : found[^1].Position;
            return new(found, found is [.., var last] && last.Position > reached ? last.Position : reached, head);
        }
        catch (Exception e) when (PostgresFaults.IsUnavailable(e))
        {
            throw PostgresFaults.Unavailable(e);
        }
    }

    /// <summary>Events of one stream from a revision on, page after page.</summary>
    public async IAsyncEnumerable<RecordedEvent> Stream(
        StreamName stream, ReadDirection direction, long from, long count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (count > 0 && from >= 0)
        {
            var asked = (int)Math.Min(count, options.PageEventsMax);
            var (events, whole) = await StreamPage(stream, direction, from, asked, cancellationToken);
            foreach (var e in events)
                yield return e;

            if (whole && events.Count < asked)
                yield break;

            count -= events.Count;
            from = events[^1].Revision + (direction == ReadDirection.Forwards ? 1 : -1);
        }
    }

    async Task<(List<RecordedEvent> Events, bool Whole)> StreamPage(
        StreamName stream, ReadDirection direction, long from, long count, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand(direction == ReadDirection.Forwards ? _forwards : _backwards);
            command.Parameters.Add(new() { Value = stream.Value });
            command.Parameters.Add(new() { Value = from });
            command.Parameters.Add(new() { Value = direction == ReadDirection.Forwards ? LastOf(from, count) : count });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await Read(reader, cancellationToken);
        }
        catch (Exception e) when (PostgresFaults.IsUnavailable(e))
        {
            throw PostgresFaults.Unavailable(e);
        }
    }

    // Of so many revisions; from the end of the numbers there are fewer.
    static long LastOf(long from, long count) => from > long.MaxValue - count ? long.MaxValue : from + count - 1;

    // Whole: to the last row, not only as far as the page's bytes go.
    async Task<(List<RecordedEvent> Events, bool Whole)> Read(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var events = new List<RecordedEvent>();
        var bytes = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (bytes >= options.PageBytesMax)
                return (events, false);

            var e = new RecordedEvent(
                StreamName.Parse(reader.GetString(0), null),
                reader.GetInt64(1),
                new LogPosition(reader.GetInt64(2)),
                reader.GetGuid(3),
                reader.GetString(4),
                reader.GetFieldValue<byte[]>(5),
                reader.GetFieldValue<byte[]>(6),
                new DateTimeOffset(reader.GetDateTime(7)));
            bytes += e.Data.Length + e.Metadata.Length;
            events.Add(e);
        }

        return (events, true);
    }
}
