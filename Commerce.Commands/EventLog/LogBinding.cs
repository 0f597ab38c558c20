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
/// A log is known by its engine, the prefix of its streams, id and position of its first event, and of the newest one at an earlier start:
/// a copy on a server of the same kind may well begin at the same position, and then go on at others.
/// </remarks>
public static class LogBinding
{
    const string NoteNewest = """
        update commerce.event_log set newest_event = $1, newest_position = $2 where coalesce(newest_position, 0) < $2
        returning engine, prefix, newest_event, newest_position
        """;

    // The lock's number spells COMM, then 1: the lock of all who create things in the schema commerce.
    const string Schema = """
        begin;
        select pg_advisory_xact_lock(x'434F4D4D0001'::bigint);
        create schema if not exists commerce;
        create table if not exists commerce.event_log (
            is_only boolean primary key default true check (is_only),
            engine text not null, prefix text not null, first_event uuid null, first_position bigint null);
        alter table commerce.event_log add column if not exists newest_event uuid null, add column if not exists newest_position bigint null;
        comment on table commerce.event_log is 'The log that this database was made of; its first event is known once there is one, and the newest of an earlier start.';
        commit;
        """;

    /// <summary>Notes which log the database is made of, or finds that it is this one.</summary>
    /// <exception cref="ForeignReadDatabaseException">It is another.</exception>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public static async Task Check(NpgsqlDataSource database, EventLogLocation location, StreamPrefix? prefix, IEventLog log, CancellationToken cancellationToken)
    {
        var (engine, own) = (location.Engine, prefix?.Value ?? "");
        await using (var create = database.CreateCommand(Schema))
            await create.ExecuteNonQueryAsync(cancellationToken);

        var bound = await Read(database, "select engine, prefix, first_event, first_position from commerce.event_log", [], cancellationToken);
        var first = await First(log, bound?.Event?.Position, cancellationToken);
        Compare(bound ?? new(engine, own, first), engine, own, first);
        if (bound?.Event is null)
        {
            // A log that was empty when this process looked may have begun when another one did.
            var noted = await Note(database, new(engine, own, first), cancellationToken);
            Compare(noted, engine, own, first ?? noted.Event);
        }

        await CheckNewest(database, log, cancellationToken);
    }

    static async Task CheckNewest(NpgsqlDataSource database, IEventLog log, CancellationToken cancellationToken)
    {
        var known = await Read(database, "select engine, prefix, newest_event, newest_position from commerce.event_log", [], cancellationToken);
        if (known?.Event is { } newest && await At(log, newest.Position, cancellationToken) != newest)
            throw new ForeignReadDatabaseException("one whose events are at other positions");

        // In a part of a log the head may be the event of another part, and is not noted.
        if (await At(log, await log.Head(cancellationToken), cancellationToken) is { } head)
            await Read(database, NoteNewest, [new() { Value = head.Id }, new() { Value = head.Position.Value }], cancellationToken);
    }

    static async Task<EventAt?> At(IEventLog log, LogPosition position, CancellationToken cancellationToken)
    {
        if (position == LogPosition.Start)
            return null;

        await foreach (var e in log.ReadAll(new LogPosition(position.Value - 1), StreamFilter.All, 1, cancellationToken))
            return e.Position == position ? new(e.Id, e.Position) : null;

        return null;
    }

    static void Compare(Bound bound, string engine, string prefix, EventAt? first)
    {
        var why = bound.Engine != engine ? $"one in {bound.Engine}, not in {engine}"
            : bound.Prefix != prefix ? $"one with {Name(bound.Prefix)}, not with {Name(prefix)}"
            : bound.Event is not null && bound.Event != first ? "one with another first event"
            : null;
        if (why is not null)
            throw new ForeignReadDatabaseException(why);

        static string Name(string prefix) => prefix.Length == 0 ? "no stream prefix" : $"the stream prefix {prefix}";
    }

    // Where the first event is known to be is looked first: on a server with much of others, all before it would have to be read.
    static async Task<EventAt?> First(IEventLog log, LogPosition? knownAt, CancellationToken cancellationToken)
    {
        var after = knownAt is { Value: > 0 } at ? new LogPosition(at.Value - 1) : LogPosition.Start;
        await foreach (var e in log.ReadAll(after, StreamFilter.All, 1, cancellationToken))
            return new(e.Id, e.Position);

        return null;
    }

    // Of two processes that start at once one notes it, and both go by that.
    static async Task<Bound> Note(NpgsqlDataSource database, Bound bound, CancellationToken cancellationToken) => await Read(
        database,
        """
        insert into commerce.event_log as l (engine, prefix, first_event, first_position) values ($1, $2, $3, $4)
        on conflict (is_only) do update set
            first_event = coalesce(l.first_event, excluded.first_event), first_position = coalesce(l.first_position, excluded.first_position)
        returning engine, prefix, l.first_event, l.first_position
        """,
        [
            new() { Value = bound.Engine },
            new() { Value = bound.Prefix },
            new() { Value = (object?)bound.Event?.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
            new() { Value = (object?)bound.Event?.Position.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
        ],
        cancellationToken) ?? bound;

    static async Task<Bound?> Read(NpgsqlDataSource database, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new(row.GetString(0), row.GetString(1), await row.IsDBNullAsync(2, cancellationToken) ? null : new(row.GetGuid(2), new(row.GetInt64(3))))
            : null;
    }

    sealed record Bound(string Engine, string Prefix, EventAt? Event);

    sealed record EventAt(Guid Id, LogPosition Position);
}
