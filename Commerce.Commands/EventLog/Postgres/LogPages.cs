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
    readonly string _head = $"select coalesce((select position + events - 1 from {options.Schema}.appends order by position desc limit 1), 0)";
    readonly string _all = PageOf(options.Schema, "");
    readonly string _filtered = PageOf(options.Schema, "and stream ^@ any ($4)");
    readonly string _forwards = $"select {LogRow.Columns} from {options.Schema}.appends where {Between(options.Schema, "$2", "$3")} order by revision";
    readonly string _backwards = $"""
        select {LogRow.Columns}
        from (
            select least($2, revision + events - 1) as last from {options.Schema}.appends
            where stream = $1 order by revision desc limit 1) head,
            lateral (select * from {options.Schema}.appends where {Between(options.Schema, "last - $3 + 1", "last")}) a
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
        var window = filter.Prefixes.Count == 0 ? Math.Min(count, options.PageEventsMax) : options.FilteredPageEventsMax;
        var last = new LogPosition(after.Value > long.MaxValue - window ? long.MaxValue : after.Value + window);
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var batch = new NpgsqlBatch(connection);

            // The head first: the second statement's snapshot is not older, so it sees all up to the head.
            batch.BatchCommands.Add(new(_head));
            var page = new NpgsqlBatchCommand(filter.Prefixes.Count == 0 ? _all : _filtered)
            {
                Parameters = { new() { Value = after.Value }, new() { Value = last.Value }, new() { Value = options.PageEventsMax } },
            };
            if (filter.Prefixes.Count > 0)
                page.Parameters.Add(new() { Value = filter.Prefixes.ToArray() });

            batch.BatchCommands.Add(page);
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var head = new LogPosition(reader.GetInt64(0));
            await reader.NextResultAsync(cancellationToken);
            var (found, isWhole) = await Read(reader, ReadDirection.Forwards, e => e.Position > after, count, cancellationToken);
            var reached = found is [.., var newest] ? newest.Position : after;
            var looked = last < head ? last : head;
            return new(found, isWhole && reached < looked ? looked : reached, head);
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
            var asked = Math.Min(count, options.PageEventsMax);
            var (events, isWhole) = await StreamPage(stream, direction, from, asked, count, cancellationToken);
            foreach (var e in events)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return e;
            }

            if (events.Count == 0 || (isWhole && events.Count < asked))
                yield break;

            count -= events.Count;
            from = events[^1].Revision + (direction == ReadDirection.Forwards ? 1 : -1);
        }
    }

    async Task<Found> StreamPage(StreamName stream, ReadDirection direction, long from, long asked, long countMax, CancellationToken cancellationToken)
    {
        try
        {
            var isForwards = direction == ReadDirection.Forwards;
            await using var command = database.CreateCommand(isForwards ? _forwards : _backwards);
            command.Parameters.Add(new() { Value = stream.Value });
            command.Parameters.Add(new() { Value = from });
            command.Parameters.Add(new() { Value = isForwards ? LastOf(from, asked) : asked });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await Read(reader, direction, isForwards ? e => e.Revision >= from : e => e.Revision <= from, countMax, cancellationToken);
        }
        catch (Exception e) when (PostgresFaults.IsUnavailable(e))
        {
            throw PostgresFaults.Unavailable(e);
        }
    }

    // Of so many revisions; from the end of the numbers there are fewer.
    static long LastOf(long from, long count) => from > long.MaxValue - count ? long.MaxValue : from + count - 1;

    // The appends that hold any of a stream's events between two revisions: those that begin there, and the one before.
    static string Between(string schema, string first, string last) => $"""
        stream = $1 and revision <= {last} and revision >= coalesce(
            (select max(revision) from {schema}.appends where stream = $1 and revision <= {first}), 0)
        """;

    static string PageOf(string schema, string filter) => $"""
        select {LogRow.Columns} from {schema}.appends
        where position >= coalesce((select max(position) from {schema}.appends where position <= $1), 0)
            and position + events - 1 > $1 and position <= $2 {filter}
        order by position limit $3
        """;

    // An append's events are taken together, past the page's limits: to come back for the rest would read all of them again.
    async Task<Found> Read(NpgsqlDataReader reader, ReadDirection direction, Predicate<RecordedEvent> isWanted, long countMax, CancellationToken cancellationToken)
    {
        var (events, append) = (new List<RecordedEvent>(), new List<RecordedEvent>());
        var (rows, bytes) = (0, 0L);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (bytes >= options.PageBytesMax)
                return new(events, false);

            append.Clear();
            bytes += LogRow.Read(reader, append);
            rows++;
            if (direction == ReadDirection.Backwards)
                append.Reverse();

            foreach (var e in append)
            {
                if (events.Count == countMax)
                    return new(events, false);

                if (isWanted(e))
                    events.Add(e);
            }
        }

        return new(events, rows < options.PageEventsMax);
    }

    /// <param name="Events">What was found.</param>
    /// <param name="IsWhole">To the last of the rows asked for, not only as far as a page goes.</param>
    readonly record struct Found(List<RecordedEvent> Events, bool IsWhole);
}
