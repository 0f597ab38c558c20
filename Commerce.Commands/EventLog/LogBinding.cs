using Commerce.Domain.Log;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Commands.EventLog;

/// <summary>The database holds what was made of another log.</summary>
public sealed class ForeignReadDatabaseException(string why)
    : EventLogException($"The read database belongs to another event log ({why}): name a database of its own with --postgres, or a data folder with --data; it is filled from the log.");

/// <summary>
/// Holds a read database to the log that it was made of. Checkpoints, read models and the import's memory mean positions and
/// events of one log; on another they would silently skip what that one holds.
/// </summary>
/// <remarks>
/// A log is known by its engine, the prefix of its streams, its first event and one of the newest at an earlier start, each with its place
/// in its stream and in the whole log: a copy on a server of the same kind may well begin at the same position, and then go on at others.
/// </remarks>
public static class LogBinding
{
    /// <summary>
    /// Events that a start looks through behind the newest one that it knows: some 100 ms. A log that grew by more between two starts is
    /// known by an event of its middle for a while.
    /// </summary>
    const int NewerEventsMax = 4_096;

    // The lock's number spells COMM, then 1: the lock of all who create things in the schema commerce.
    const string Schema = """
        begin;
        select pg_advisory_xact_lock(x'434F4D4D0001'::bigint);
        create schema if not exists commerce;
        create table if not exists commerce.event_log (
            is_only boolean primary key default true check (is_only),
            engine text not null, prefix text not null,
            first_event uuid null, first_position bigint null, first_stream text null, first_revision bigint null,
            newest_event uuid null, newest_position bigint null, newest_stream text null, newest_revision bigint null);
        comment on table commerce.event_log is 'The log that this database was made of; its first event is known once there is one, and a newest one of an earlier start.';
        commit;
        """;

    const string ReadFirst = "select engine, prefix, first_event, first_position, first_stream, first_revision from commerce.event_log";

    const string ReadNewest = "select engine, prefix, newest_event, newest_position, newest_stream, newest_revision from commerce.event_log";

    // Of two processes that start at once one notes it, and both go by that.
    const string NoteFirst = """
        insert into commerce.event_log as l (engine, prefix, first_event, first_position, first_stream, first_revision) values ($1, $2, $3, $4, $5, $6)
        on conflict (is_only) do update set
            first_event = coalesce(l.first_event, excluded.first_event), first_position = coalesce(l.first_position, excluded.first_position),
            first_stream = coalesce(l.first_stream, excluded.first_stream), first_revision = coalesce(l.first_revision, excluded.first_revision)
        returning engine, prefix, l.first_event, l.first_position, l.first_stream, l.first_revision
        """;

    const string NoteNewest = """
        update commerce.event_log set newest_event = $1, newest_position = $2, newest_stream = $3, newest_revision = $4
        where coalesce(newest_position, 0) < $2
        """;

    /// <summary>Notes which log the database is made of, or finds that it is this one.</summary>
    /// <exception cref="ForeignReadDatabaseException">It is another.</exception>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public static async Task Check(NpgsqlDataSource database, EventLogLocation location, StreamPrefix? prefix, IEventLog log, CancellationToken cancellationToken)
    {
        var (engine, own) = (location.Engine, prefix?.Value ?? "");
        await Execute(database, Schema, [], cancellationToken);
        var bound = await Read(database, ReadFirst, [], cancellationToken);
        Compare(bound, engine, own);
        if (bound?.Event is null)
        {
            // A log that was empty when this process looked may have begun when another one did.
            var first = await Newer(log, LogPosition.Start, 1, cancellationToken);
            bound = await Read(database, NoteFirst, [new() { Value = engine }, new() { Value = own }, .. Values(first)], cancellationToken);
            Compare(bound, engine, own);
        }

        if (bound?.Event is { } begun && !await Holds(log, begun, cancellationToken))
            throw new ForeignReadDatabaseException("one with another first event");

        var newest = (await Read(database, ReadNewest, [], cancellationToken))?.Event;
        if (newest is not null && !await Holds(log, newest, cancellationToken))
            throw new ForeignReadDatabaseException("one whose events are at other positions");

        if (await Newer(log, (newest ?? bound?.Event)?.Position ?? LogPosition.Start, NewerEventsMax, cancellationToken) is { } newer)
            await Execute(database, NoteNewest, Values(newer), cancellationToken);
    }

    static void Compare(Bound? bound, string engine, string prefix)
    {
        if (bound is not null && bound.Engine != engine)
            throw new ForeignReadDatabaseException($"one in {bound.Engine}, not in {engine}");
        if (bound is not null && bound.Prefix != prefix)
            throw new ForeignReadDatabaseException($"one with {Name(bound.Prefix)}, not with {Name(prefix)}");

        static string Name(string prefix) => prefix.Length == 0 ? "no stream prefix" : $"the stream prefix {prefix}";
    }

    // Looked for in its stream: positions are an engine's own, and only those that it gave may be asked for.
    static async Task<bool> Holds(IEventLog log, EventAt known, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var e in log.ReadStream(known.Stream, ReadDirection.Forwards, known.Revision, 1, cancellationToken))
                return EventAt.Of(e) == known;
        }
        catch (StreamDeletedException)
        {
            // That somebody deleted it for good is known of no other log either: its name occurs once.
            return true;
        }

        return false;
    }

    // The last of so many events after a position; null where there is none.
    static async Task<EventAt?> Newer(IEventLog log, LogPosition after, int count, CancellationToken cancellationToken)
    {
        EventAt? last = null;
        await foreach (var e in log.ReadAll(after, StreamFilter.All, count, cancellationToken))
            last = EventAt.Of(e);

        return last;
    }

    static NpgsqlParameter[] Values(EventAt? e) =>
    [
        new() { Value = (object?)e?.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
        new() { Value = (object?)e?.Position.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
        new() { Value = (object?)e?.Stream.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
        new() { Value = (object?)e?.Revision ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
    ];

    static async Task Execute(NpgsqlDataSource database, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static async Task<Bound?> Read(NpgsqlDataSource database, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return !await row.ReadAsync(cancellationToken) ? null
            : await row.IsDBNullAsync(2, cancellationToken) ? new(row.GetString(0), row.GetString(1), null)
            : new(row.GetString(0), row.GetString(1), new(row.GetGuid(2), new(row.GetInt64(3)), StreamName.Parse(row.GetString(4), null), row.GetInt64(5)));
    }

    sealed record Bound(string Engine, string Prefix, EventAt? Event);

    sealed record EventAt(Guid Id, LogPosition Position, StreamName Stream, long Revision)
    {
        public static EventAt Of(RecordedEvent e) => new(e.Id, e.Position, e.Stream, e.Revision);
    }
}
