using System.Globalization;
using Commerce.Commands.EventLog;
using Commerce.Commands.EventLog.Postgres;
using Commerce.Domain.Log;
using Commerce.Testing.Servers;
using Npgsql;

namespace Commerce.Commands.Tests.EventLog.Postgres;

/// <summary>A database with a log of the older layout, written as it was written then.</summary>
sealed class OlderLog(TestDatabase database) : IAsyncDisposable
{
    static readonly string Script = Path.Combine(Checkout.Root, "test", "Commerce.Commands.Tests", "EventLog", "Postgres", "OlderSchema.sql");

    public string ConnectionString => database.ConnectionString;

    public static async Task<OlderLog> Create(CancellationToken ct)
    {
        var log = new OlderLog(await PostgresForTests.CreateDatabase(ct));
        var script = await File.ReadAllTextAsync(Script, ct);
        await log.Execute(
            script.Replace("{schema}", "log", StringComparison.Ordinal).Replace("{lock_class}", LogSchema.AppendLockClass.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal),
            ct);
        return log;
    }

    /// <summary>Appends these in one group, by the function of then.</summary>
    public async Task<AppendResult[]> Append(IReadOnlyList<StreamAppend> appends, CancellationToken ct)
    {
        var streams = appends.Select(a => a.Stream).Distinct().ToList();
        var events = appends.SelectMany((a, i) => a.Events.Select(e => (Append: i + 1, Event: e))).ToList();
        object[] values =
        [
            streams.Select(s => s.Value).ToArray(),
            appends.Select(a => streams.IndexOf(a.Stream) + 1).ToArray(),
            appends.Select(a => a.Expected.Revision ?? (a.Expected == ExpectedRevision.Any ? -2 : -4)).ToArray(),
            appends.Select((a, i) => 1 + appends.Take(i).Sum(x => x.Events.Count)).ToArray(),
            appends.Select(a => a.Events.Count).ToArray(),
            events.Select(e => e.Append).ToArray(),
            events.Select(e => e.Event.Id).ToArray(),
            events.Select(e => e.Event.Type).ToArray(),
            events.Select(e => e.Event.Data.ToArray()).ToArray(),
            events.Select(e => e.Event.Metadata.ToArray()).ToArray(),
        ];
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("select positions, revisions from log.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", connection);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return [.. reader.GetFieldValue<long[]>(0).Zip(reader.GetFieldValue<long[]>(1), (position, revision) => new AppendResult.Appended(revision, new LogPosition(position)))];
    }

    /// <summary>Makes it the layout that came between: a number of events on the first event of each append.</summary>
    public Task<object?> BecomeTheSecondLayout(CancellationToken ct) => Execute(
        """
        alter table log.events disable trigger all;
        alter table log.events add append_events integer not null default 0;
        update log.events e set append_events = a.events
        from (select position, lead(position, 1, (select max(position) + 1 from log.events)) over (order by position) - position as events from log.events where starts_append) a
        where a.position = e.position;
        drop index log.events_append_id_idx;
        alter table log.events drop starts_append;
        alter table log.events enable trigger all
        """,
        ct);

    /// <summary>Opens it as it is opened today.</summary>
    public Task<PostgresEventLog> Open() => LogDatabase.Node(new PostgresEventLogOptions { ConnectionString = ConnectionString });

    /// <summary>Every event with all that the table says of it in both layouts, in the order of the log.</summary>
    public async Task<string> Everything(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(
            "select string_agg(concat_ws(' ', position, stream, revision, id, type, recorded_at, data, metadata), E'\\n' order by position) from log.events", connection);
        return await command.ExecuteScalarAsync(ct) as string ?? "";
    }

    public async Task<object?> Execute(string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(ct);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
